import "server-only";
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { payableOf, readToAskAgain } from "@/lib/wallet/payable";
import { STEPS } from "@/lib/wallet/unpaid";
import { admitQueued } from "./admission";
import { type FollowUps, followUp, newFollowUps } from "./follow-up";
import { nextRevision } from "./store";

/** Lets waiting steps be claimed again, and their runs go on. */
async function release(
  tx: Tx,
  scope: TenantScope,
  stepIds: readonly string[],
  ups: FollowUps,
): Promise<void> {
  const steps = await tx
    .update(executionSteps)
    .set({
      status: "running",
      waitReason: null,
      needed: null,
      capId: null,
      // Nobody has it: whoever asks next may take it at once.
      leaseUntil: sql`now()`,
      workerId: null,
      revision: nextRevision,
    })
    .where(and(eq(executionSteps.tenantId, scope.tenantId), inArray(executionSteps.id, [...stepIds])))
    .returning({ executionId: executionSteps.executionId });
  await tx
    .update(approvals)
    .set({ status: "expired" })
    .where(
      and(
        eq(approvals.tenantId, scope.tenantId),
        eq(approvals.status, "pending"),
        inArray(approvals.stepId, [...stepIds]),
      ),
    );
  await goOnTogether(tx, scope, [...new Set(steps.map((step) => step.executionId))], ups);
}

/** Wakes runs that wait as a whole; those that are being worked on are driven from here as well. As `goOn` does with one. */
async function goOnTogether(
  tx: Tx,
  scope: TenantScope,
  executionIds: readonly string[],
  ups: FollowUps,
): Promise<void> {
  const theirs = and(eq(executions.tenantId, scope.tenantId), inArray(executions.id, [...executionIds]));
  // Whoever lets one of them wait at this moment is either done with it, or sees its step as it is now.
  await tx
    .select({ id: executions.id })
    .from(executions)
    .where(theirs)
    .orderBy(asc(executions.id))
    .for("no key update");
  const woken = await tx
    .update(executions)
    .set({
      status: "pending",
      dispatchedAt: null,
      waitReason: null,
      admittedAt: sql`case when ${executions.rootExecutionId} is not null then ${executions.admittedAt} end`,
    })
    .where(and(theirs, eq(executions.status, "waiting")))
    .returning({ id: executions.id, rootId: executions.rootExecutionId });
  const inLine = new Set(woken.filter(({ rootId }) => rootId === null).map(({ id }) => id));
  for (const id of executionIds) if (!inLine.has(id)) ups.continues.add(id);
  if (inLine.size > 0) await admitQueued(tx, scope, ups);
}

/**
 * Lets steps that wait for money go on, oldest first, as far as the credit reaches, and as far as each cap does. What
 * cannot be paid is not in the way of what can. Each is asked again when it is claimed, so that too many woken do no harm.
 * @returns how many
 */
export async function wakePaid(scope: TenantScope): Promise<number> {
  authorize(scope, "run.work");
  const { woken, ups } = await asWorker(scope, async (tx) => {
    const found = newFollowUps();
    const steps = await payableOf(tx, scope, STEPS);
    if (steps.length > 0) await release(tx, scope, steps, found);
    return { woken: steps.length, ups: found };
  });
  await followUp(scope, ups);
  return woken;
}

/** Lets all steps that wait for money be asked again, at the prices of now: one that is refused waits for what it needs then. */
export async function askStepsAgain(scope: TenantScope): Promise<void> {
  authorize(scope, "run.work");
  for (let after: string | null = null; ; ) {
    const { last, ups } = await asWorker(scope, async (tx) => {
      const found = newFollowUps();
      const steps = await readToAskAgain(tx, scope, STEPS, after);
      if (steps.length > 0) await release(tx, scope, steps, found);
      return { last: steps.at(-1), ups: found };
    });
    await followUp(scope, ups);
    if (last === undefined) return;
    after = last;
  }
}
