import "server-only";
import { and, eq, inArray, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import { asSystem, asWorker } from "@/db/access";
import { executionSteps, executions, modelCalls } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { dispatchRun } from "./dispatch";
import { closeLostSteps, endRun, failRun, finishRun, TIMEOUT_END } from "./finish";
import { isFinished } from "./input";
import { abortCalls, announceChange } from "./live";
import { loadRun } from "./store";

/** A run that needs a hand, and whose it is. */
export type Stray = { readonly tenantId: string; readonly executionId: string };

const BATCH = 200;

/** Runs that were never sent, make no progress, are late, or left steps behind when they ended; oldest first. */
export async function findStrays(): Promise<Stray[]> {
  return asSystem("sweep-runs", async (tx) => {
    const unsent = await tx
      .select({ tenantId: executions.tenantId, executionId: executions.id })
      .from(executions)
      .where(
        and(
          inArray(executions.status, ["pending", "running"]),
          or(
            and(
              isNull(executions.dispatchedAt),
              lt(executions.createdAt, sql`now() - interval '20 seconds'`),
            ),
            lt(executions.dispatchedAt, sql`now() - interval '5 minutes'`),
            and(isNotNull(executions.deadlineAt), lt(executions.deadlineAt, sql`now()`)),
          ),
        ),
      )
      .orderBy(executions.createdAt)
      .limit(BATCH);
    const lost = await tx
      .selectDistinct({ tenantId: executionSteps.tenantId, executionId: executionSteps.executionId })
      .from(executionSteps)
      .where(
        and(
          eq(executionSteps.status, "running"),
          or(
            isNull(executionSteps.leaseUntil),
            lt(executionSteps.leaseUntil, sql`now() - interval '30 seconds'`),
          ),
        ),
      )
      .limit(BATCH);
    const known = new Map([...unsent, ...lost].map((stray) => [stray.executionId, stray]));
    return [...known.values()];
  });
}

/**
 * Puts one stray right: sends it again, ends it when it is late, or closes the steps it left. A run in good hands (a
 * live lease, or progress within the last minute) is left alone.
 */
export async function mendRun(scope: TenantScope, executionId: string): Promise<void> {
  authorize(scope, "run.work");
  const state = await asWorker(scope, async (tx) => {
    const run = await loadRun(tx, scope, executionId);
    const [steps] = await tx
      .select({
        hasLease: sql<boolean>`coalesce(bool_or(${executionSteps.status} = 'running' and ${executionSteps.leaseUntil} > now()), false)`,
        hasProgress: sql<boolean>`coalesce(bool_or(${executionSteps.completedAt} > now() - interval '1 minute'), false)`,
      })
      .from(executionSteps)
      .where(and(eq(executionSteps.tenantId, scope.tenantId), eq(executionSteps.executionId, executionId)));
    const [sent] = await tx
      .select({ dispatchedAt: executions.dispatchedAt })
      .from(executions)
      .where(eq(executions.id, executionId));
    return {
      run,
      sent: sent?.dispatchedAt ?? null,
      isAlive: steps?.hasLease === true || steps?.hasProgress === true,
    };
  });
  const { run, sent, isAlive } = state;
  if (isFinished(run.status)) return void (await closeLostSteps(scope, executionId));
  if (run.deadlineAt && run.deadlineAt <= run.now) return timeOut(scope, executionId);
  if (isAlive) return;
  if (run.trigger === "playground") {
    await failRun(scope, executionId, { code: "interrupted", message: "The answer was interrupted." });
    return void (await closeLostSteps(scope, executionId));
  }
  if ((await finishRun(scope, executionId)) !== "running") return;
  // The first send may be lost; later ones name the time of the one before, so that each happens once.
  await dispatchRun(scope, executionId, sent ? `again:${sent.getTime()}` : undefined);
}

async function timeOut(scope: TenantScope, executionId: string): Promise<void> {
  await asWorker(scope, (tx) => endRun(tx, scope, executionId, TIMEOUT_END));
  abortCalls(executionId);
  announceChange(executionId);
  await closeLostSteps(scope, executionId);
}

const LONGEST_CALL = sql`interval '15 minutes'`;

/** Tenants with model calls that began so long ago that nobody can be waiting for them. */
export async function findForgottenCalls(): Promise<string[]> {
  const rows = await asSystem("sweep-model-calls", (tx) =>
    tx
      .selectDistinct({ tenantId: modelCalls.tenantId })
      .from(modelCalls)
      .where(and(eq(modelCalls.status, "started"), lt(modelCalls.startedAt, sql`now() - ${LONGEST_CALL}`)))
      .limit(BATCH),
  );
  return rows.map((row) => row.tenantId);
}

/** Marks a tenant's forgotten calls as uncertain: shown, never billed. @returns how many there were */
export async function giveUpForgottenCalls(scope: TenantScope): Promise<number> {
  authorize(scope, "run.work");
  const rows = await asWorker(scope, (tx) =>
    tx
      .update(modelCalls)
      .set({ status: "uncertain" })
      .where(
        and(
          eq(modelCalls.tenantId, scope.tenantId),
          eq(modelCalls.status, "started"),
          lt(modelCalls.startedAt, sql`now() - ${LONGEST_CALL}`),
        ),
      )
      .returning({ id: modelCalls.id }),
  );
  return rows.length;
}
