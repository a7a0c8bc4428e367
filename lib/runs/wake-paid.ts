import "server-only";
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { asSystem, asWorker, type Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { capWindows, spendCaps } from "@/db/schema/caps";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { databaseTime } from "@/lib/clock";
import { microsFromNumeric } from "@/lib/money";
import { readWallet } from "@/lib/wallet/store";
import { planWake } from "@/lib/wallet/wake-order";
import { type FollowUps, followUp, newFollowUps } from "./follow-up";
import { loadRun, nextRevision } from "./store";
import { goOn } from "./suspended";

const MOST_WOKEN = 500;

/** Tenants with steps that wait for money. */
export async function findUnpaid(): Promise<string[]> {
  const rows = await asSystem("sweep-money", (tx) =>
    tx
      .selectDistinct({ tenantId: executionSteps.tenantId })
      .from(executionSteps)
      .where(and(eq(executionSteps.status, "waiting"), sql`${executionSteps.waitReason} is not null`)),
  );
  return rows.map((row) => row.tenantId);
}

/** Whether a step's cap has room for it now: in its window of today, this month or its run. No cap, no bound. */
const hasRoom = () => sql<boolean>`not exists (
  select from ${spendCaps} c
  left join ${capWindows} w on w.tenant_id = c.tenant_id and w.cap_id = c.id and w.window_key = case c.period
    when 'day' then to_char(${databaseTime()} at time zone 'UTC', 'YYYY-MM-DD')
    when 'month' then to_char(${databaseTime()} at time zone 'UTC', 'YYYY-MM')
    else (select coalesce(e.root_execution_id, e.id)::text from executions e
      where e.tenant_id = execution_steps.tenant_id and e.id = execution_steps.execution_id) end
  where c.tenant_id = execution_steps.tenant_id and c.id = execution_steps.cap_id and c.is_active
    and c.amount + coalesce(w.extra - w.spent - w.held, 0) < execution_steps.needed)`;

/** Whether somebody is asked to let more be spent under a step's cap. */
const hasQuestion = sql<boolean>`exists (
  select from ${approvals} a join execution_steps s on s.tenant_id = a.tenant_id and s.id = a.step_id
  where a.tenant_id = execution_steps.tenant_id and a.status = 'pending' and s.cap_id = execution_steps.cap_id and s.status = 'waiting')`;

async function waitingSteps(tx: Tx, scope: TenantScope) {
  return tx
    .select({
      stepId: executionSteps.id,
      executionId: executionSteps.executionId,
      reason: executionSteps.waitReason,
      needed: executionSteps.needed,
      hasRoom: hasRoom(),
      hasQuestion,
    })
    .from(executionSteps)
    .where(
      and(
        eq(executionSteps.tenantId, scope.tenantId),
        eq(executionSteps.status, "waiting"),
        inArray(executionSteps.waitReason, ["credit", "cap", "ask"]),
      ),
    )
    .orderBy(asc(executionSteps.id))
    .limit(MOST_WOKEN)
    .for("update", { skipLocked: true });
}

/** Lets waiting steps be claimed again, and their runs go on. */
async function release(
  tx: Tx,
  scope: TenantScope,
  steps: readonly { stepId: string; executionId: string }[],
  ups: FollowUps,
): Promise<void> {
  await tx
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
    .where(
      and(
        eq(executionSteps.tenantId, scope.tenantId),
        inArray(
          executionSteps.id,
          steps.map((step) => step.stepId),
        ),
      ),
    );
  await tx
    .update(approvals)
    .set({ status: "expired" })
    .where(
      and(
        eq(approvals.tenantId, scope.tenantId),
        eq(approvals.status, "pending"),
        inArray(
          approvals.stepId,
          steps.map((step) => step.stepId),
        ),
      ),
    );
  for (const executionId of [...new Set(steps.map((step) => step.executionId))].toSorted())
    await goOn(tx, scope, await loadRun(tx, scope, executionId), ups);
}

/**
 * Lets steps that wait for money go on, oldest first, as far as the credit reaches; those that wait for a cap once it has
 * room. Each is asked again when it is claimed, so that too many woken do no harm. @returns how many
 */
export async function wakePaid(scope: TenantScope): Promise<number> {
  authorize(scope, "run.work");
  const { woken, ups } = await asWorker(scope, async (tx) => {
    const found = newFollowUps();
    const waiting = await waitingSteps(tx, scope);
    if (waiting.length === 0) return { woken: 0, ups: found };
    const wallet = await readWallet(tx, scope.tenantId);
    const forCredit = waiting
      .filter((step) => step.reason === "credit")
      .map(({ stepId, needed }) => ({ stepId, needed: microsFromNumeric(needed ?? "0") }));
    const paid = new Set(planWake(forCredit, wallet?.availableMicros ?? 0n));
    // Whoever asked for all of them may be gone: then the next asks.
    const steps = waiting.filter((step) =>
      step.reason === "credit"
        ? paid.has(step.stepId)
        : step.hasRoom || (step.reason === "ask" && !step.hasQuestion),
    );
    if (steps.length > 0) await release(tx, scope, steps, found);
    return { woken: steps.length, ups: found };
  });
  await followUp(scope, ups);
  return woken;
}
