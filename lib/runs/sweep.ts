import "server-only";
import { and, eq, gt, inArray, isNotNull, isNull, lt, not, or, sql } from "drizzle-orm";
import { asSystem, asWorker, type Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { tenants } from "@/db/schema/auth";
import { modelCalls } from "@/db/schema/model-calls";
import { subscriptions } from "@/db/schema/plans";
import { runBatches } from "@/db/schema/run-batches";
import type { TenantScope } from "@/db/scope";
import { isInLine, isPaused } from "@/inngest/embedded";
import { authorize } from "@/lib/auth/authorize";
import { env } from "@/lib/env";
import { newId } from "@/lib/ids";
import { dispatchBatch } from "./batch-dispatch";
import { dispatchRun, dispatchWake, noteSent, WAKE_AHEAD_MS, type Wake } from "./dispatch";
import { endingAsWorker } from "./end-line";
import { endRun, TIMEOUT_END } from "./end-run";
import { closeLostSteps, failRun, finishRun } from "./finish";
import { DRIVER } from "./first-drive";
import { followUp, newFollowUps } from "./follow-up";
import { isFinished } from "./input";
import { loadRun } from "./store";
import { wakeStep } from "./suspended";

/** A run that needs a hand, and whose it is. */
export type Stray = { readonly tenantId: string; readonly executionId: string };

const BATCH = 200;

/**
 * How many seconds a run that was sent may show nothing before it is sent again. The embedded engine keeps what it takes
 * in the database of the runs; an Inngest server may forget it.
 */
const SENT_AGAIN_SECONDS = env().engine === "inngest" ? 60 : 300;

/** Whether somebody works on the run: those that do so for long would leave no place for the others of a sweep. */
const IS_HELD = sql`exists (select from ${executionSteps} s where s.tenant_id = ${executions.tenantId}
  and s.execution_id = ${executions.id} and s.status = 'running' and s.lease_until > now())`;

export const STRAY_PAGE = 200;

/**
 * Runs that were never sent, make no progress, are late, or left steps behind when they ended; oldest first, a page of them.
 * Thousands may wait to be sent once an engine that was away is back.
 * @param after the last run of the page before
 */
export async function findStrays(after?: string): Promise<Stray[]> {
  return asSystem("sweep-runs", async (tx) => {
    const [unsent, lost] = [await strayRuns(tx, after), await runsOfLostSteps(tx, after)];
    const known = new Map([...unsent, ...lost].map((stray) => [stray.executionId, stray]));
    const oldestFirst = [...known.values()].sort((a, b) => (a.executionId < b.executionId ? -1 : 1));
    return oldestFirst.slice(0, STRAY_PAGE);
  });
}

/** The query for those that were not sent, make no progress or are late. */
export function strayRuns(tx: Tx, after?: string) {
  return (
    tx
      .select({ tenantId: executions.tenantId, executionId: executions.id })
      .from(executions)
      .where(
        and(
          inArray(executions.status, ["pending", "running"]),
          after === undefined ? undefined : gt(executions.id, after),
          or(isNotNull(executions.admittedAt), isNotNull(executions.rootExecutionId)),
          or(
            and(
              isNull(executions.dispatchedAt),
              lt(executions.createdAt, sql`now() - interval '20 seconds'`),
            ),
            and(
              lt(executions.dispatchedAt, sql`now() - ${SENT_AGAIN_SECONDS}::int * interval '1 second'`),
              not(IS_HELD),
            ),
            and(isNotNull(executions.deadlineAt), lt(executions.deadlineAt, sql`now()`)),
          ),
        ),
      )
      // As text, which sorts the same: by the id itself, the way to these few leads through all runs that ever were.
      .orderBy(sql`${executions.id}::text`)
      .limit(STRAY_PAGE)
  );
}

/** The query for those with steps that nobody holds. */
export function runsOfLostSteps(tx: Tx, after?: string) {
  const { tenantId, executionId, status, leaseUntil } = executionSteps;
  return tx
    .selectDistinct({ tenantId, executionId })
    .from(executionSteps)
    .where(
      and(
        eq(status, "running"),
        after === undefined ? undefined : gt(executionId, after),
        or(isNull(leaseUntil), lt(leaseUntil, sql`now() - interval '30 seconds'`)),
      ),
    )
    .orderBy(executionId)
    .limit(STRAY_PAGE);
}

/**
 * Puts one stray right: sends it again, ends it when it is late, or closes the steps it left. A run in good hands (a
 * live lease, or progress within the last minute) is left alone.
 * @returns false where the engine takes nothing at the moment
 */
export async function mendRun(scope: TenantScope, executionId: string): Promise<boolean> {
  authorize(scope, "run.work");
  return (await mend(scope, executionId)) !== NOT_SENT;
}

const NOT_SENT = "not sent";

async function mend(scope: TenantScope, executionId: string): Promise<typeof NOT_SENT | undefined> {
  const state = await asWorker(scope, async (tx) => {
    const run = await loadRun(tx, scope, executionId);
    const [steps] = await tx
      .select({
        hasLease: sql<boolean>`coalesce(bool_or(${executionSteps.status} = 'running' and ${executionSteps.leaseUntil} > now()), false)`,
        hasProgress: sql<boolean>`coalesce(bool_or(${executionSteps.completedAt} > now() - interval '1 minute'), false)`,
      })
      .from(executionSteps)
      .where(and(eq(executionSteps.tenantId, scope.tenantId), eq(executionSteps.executionId, executionId)));
    return {
      run,
      isAlive: steps?.hasLease === true || steps?.hasProgress === true,
    };
  });
  const { run, isAlive } = state;
  if (isFinished(run.status)) return void (await closeLostSteps(scope, executionId));
  if (run.deadlineAt && run.deadlineAt <= run.now) return void (await timeOut(scope, executionId));
  if (isAlive) return;
  if (run.trigger === "playground") {
    await failRun(scope, executionId, { code: "interrupted", message: "The answer was interrupted." });
    return void (await closeLostSteps(scope, executionId));
  }
  if ((await finishRun(scope, executionId)) !== "running") return;
  // The first send may be lost; later ones name the time of the one before, so that each happens once. A run that was
  // woken has none on record, and its first is long done.
  const { dispatchedAt, startedAt } = run;
  // What an operator holds, or whose turn has not come, is in the engine's queue: sent again and again, all of that would be
  // in the way once it goes on.
  if (dispatchedAt && (await isQueued(scope, dispatchedAt))) return void (await noteSent(scope, executionId));
  const before = dispatchedAt?.getTime() ?? (startedAt ? newId() : undefined);
  const again = before === undefined ? undefined : `again:${before}`;
  return (await dispatchRun(scope, executionId, again)) ? undefined : NOT_SENT;
}

async function isQueued({ tenantId }: TenantScope, sentAt: Date): Promise<boolean> {
  return (await isPaused(DRIVER, tenantId)) || isInLine(DRIVER, tenantId, sentAt);
}

async function timeOut(scope: TenantScope, executionId: string): Promise<void> {
  const ups = await endingAsWorker(scope, async (tx) => {
    const found = newFollowUps();
    await endRun(tx, scope, await loadRun(tx, scope, executionId), TIMEOUT_END, found);
    return found;
  });
  await followUp(scope, ups);
  await closeLostSteps(scope, executionId);
}

/** Tenants with runs that wait for room. */
export async function findQueues(): Promise<string[]> {
  const rows = await asSystem("sweep-runs", (tx) =>
    tx
      .selectDistinct({ tenantId: executions.tenantId })
      .from(executions)
      .where(
        and(
          isNull(executions.rootExecutionId),
          isNull(executions.admittedAt),
          eq(executions.status, "pending"),
        ),
      ),
  );
  return rows.map((row) => row.tenantId);
}

/** A waiting step whose time is near, or has come by the database's clock: this process's may be off. */
export type DueStep = { readonly tenantId: string; readonly isDue: boolean } & Wake;

/** Where a page of them ended. */
export type DuePlace = Pick<Wake, "stepId" | "at">;

export const DUE_PAGE = 200;

/** A time as a process reads it. */
const AT = sql`date_trunc('milliseconds', ${executionSteps.wakeAt})`;

/**
 * Steps that go on by themselves before the next sweep, the soonest first, a page of them. Thousands may have waited for
 * one time, and nobody's wait is to last until all of those went on.
 * @param after the last one of the page before
 */
export async function findDueSteps(after?: DuePlace): Promise<DueStep[]> {
  const { id, tenantId, executionId, status, wakeAt } = executionSteps;
  const from = after?.at.toISOString();
  const rows = await asSystem("sweep-runs", (tx) =>
    tx
      .select({
        tenantId,
        executionId,
        stepId: id,
        at: wakeAt,
        isDue: sql<boolean>`${wakeAt} <= now()`,
      })
      .from(executionSteps)
      .where(
        and(
          eq(status, "waiting"),
          lt(wakeAt, sql`now() + ${WAKE_AHEAD_MS}::float8 * interval '1 millisecond'`),
          after &&
            or(
              gt(AT, sql`${from}::timestamptz`),
              and(eq(AT, sql`${from}::timestamptz`), gt(id, after.stepId)),
            ),
        ),
      )
      .orderBy(AT, id)
      .limit(DUE_PAGE),
  );
  return rows.flatMap(({ at, ...row }) => (at ? [{ ...row, at }] : []));
}

/** Lets a step go on whose time is over, or tells the engine of the one that is near. */
export async function wakeDueStep(
  scope: TenantScope,
  { isDue, ...wake }: Omit<DueStep, "tenantId">,
): Promise<void> {
  authorize(scope, "run.work");
  if (isDue) await wakeStep(scope, wake.stepId);
  else await dispatchWake(scope, wake);
}

/** A batch that nobody seems to work on. */
export type StrayBatch = { readonly tenantId: string; readonly batchId: string; readonly seenAt: string };

/** A workspace that is suspended, or owes for an invoice by its newest plan, starts no runs: what would waits there. */
const CAN_GO_ON = sql`(${runBatches.verb} = 'cancel' or not exists (select from ${tenants}
  where ${tenants.id} = ${runBatches.tenantId} and ${tenants.status} <> 'active')
  and coalesce((select s.starts_blocked_at is null from ${subscriptions} s
    where s.tenant_id = ${runBatches.tenantId} order by s.created_at desc limit 1), true))`;

/** Batches with which nothing was done lately: never sent, their process was lost, or nothing started in their workspace. */
export async function findStrayBatches(): Promise<StrayBatch[]> {
  const { id, tenantId, status, updatedAt } = runBatches;
  const rows = await asSystem("sweep-runs", (tx) =>
    tx
      .select({ tenantId, batchId: id, seenAt: updatedAt })
      .from(runBatches)
      .where(and(eq(status, "running"), lt(updatedAt, sql`now() - interval '1 minute'`), CAN_GO_ON))
      .orderBy(updatedAt)
      .limit(BATCH),
  );
  return rows.map((row) => ({ ...row, seenAt: row.seenAt.toISOString() }));
}

/** Tells the engine of it again. */
export async function resendBatch(scope: TenantScope, { batchId, seenAt }: StrayBatch): Promise<void> {
  authorize(scope, "run.work");
  await dispatchBatch(scope, batchId, `again:${seenAt}`);
}

const LONGEST_CALL = sql`interval '15 minutes'`;

/** Calls that began so long ago and whose step nobody works on: one may take as long as its node is given. */
const isForgotten = and(
  eq(modelCalls.status, "started"),
  lt(modelCalls.startedAt, sql`now() - ${LONGEST_CALL}`),
  sql`not exists (select from ${executionSteps} where ${executionSteps.tenantId} = ${modelCalls.tenantId}
    and ${executionSteps.id} = ${modelCalls.stepId} and ${executionSteps.status} = 'running' and ${executionSteps.leaseUntil} > now())`,
);

/** Tenants with model calls that nobody can be waiting for any more. */
export async function findForgottenCalls(): Promise<string[]> {
  const rows = await asSystem("sweep-model-calls", (tx) =>
    tx.selectDistinct({ tenantId: modelCalls.tenantId }).from(modelCalls).where(isForgotten).limit(BATCH),
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
      .where(and(eq(modelCalls.tenantId, scope.tenantId), isForgotten))
      .returning({ id: modelCalls.id }),
  );
  return rows.length;
}
