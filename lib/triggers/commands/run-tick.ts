import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { workflowTriggers } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { countOutcome } from "../outcome";
import { missedWords, planTick, type TickPlan } from "../schedule";
import { recordAccepted, startOnce } from "../start";
import { insertDelivery, loadTriggerNow, type Trigger, triggerIs } from "../store";

/** Clocks of two machines differ: an event may come this much before its tick. */
const EARLY_MS = 2_000;

type Schedule = Extract<Trigger, { kind: "schedule" }>;
export type TickOutcome = "started" | "refused" | "missed" | "nothing";

/** Refusals that are no fault of the schedule: they do not count towards turning it off. */
const NOT_ITS_FAULT: ReadonlySet<string> = new Set([
  "tenant_suspended",
  "starts_blocked",
  "queue_full",
  "workflow_inactive",
]);

/**
 * Does what a schedule says for one tick: starts its run, or notes that the time was missed, and moves on to the next:
 * that one is started here too when it has come and is on time still.
 * Two workers, or one that comes again after a crash, start one run: its idempotency key is the tick, and only one of
 * them moves the schedule on.
 *
 * @throws what is worth another try; a refusal is a line in the schedule's log
 */
export async function runTick(scope: TenantScope, triggerId: string, tick: Date): Promise<TickOutcome> {
  authorize(scope, "trigger.fire");
  const found = await asWorker(scope, (tx) => loadTriggerNow(tx, scope, triggerId)).catch(nullWhenGone);
  if (found?.trigger.kind !== "schedule" || !found.trigger.isActive) return "nothing";
  const { trigger, now } = found;
  const isDue = trigger.nextAt?.getTime() === tick.getTime() && tick.getTime() - now.getTime() <= EARLY_MS;
  if (!isDue) return "nothing";
  const plan = planTick(trigger.config, tick, now);
  if (plan.action === "skip") {
    const reason = missedWords(trigger.config, tick, now);
    await moveOn(scope, trigger, tick, plan, (tx) =>
      insertTick(tx, scope, trigger, tick, { status: "left_out", reason }),
    );
    // Nobody else looks for one that has come already before it is late as well.
    return plan.next && plan.next <= now ? runTick(scope, triggerId, plan.next) : "missed";
  }
  return start(scope, trigger, tick, { plan, now });
}

function nullWhenGone(error: unknown): null {
  if (error instanceof AppError && error.code === "not_found") return null;
  throw error;
}

async function start(
  scope: TenantScope,
  trigger: Schedule,
  tick: Date,
  { plan, now }: { plan: TickPlan; now: Date },
): Promise<TickOutcome> {
  const deliveryKey = tick.toISOString();
  const { input } = trigger.config;
  try {
    const { executionId } = await startOnce(scope, trigger, deliveryKey, input);
    await asWorker(scope, async (tx) => {
      await advance(tx, scope, trigger, tick, plan);
      // The run is there, also when somebody changed the times or turned the schedule off while it was started.
      await recordAccepted(tx, scope, trigger, {
        deliveryKey,
        executionId,
        ...(plan.isMissed ? { reason: missedWords(trigger.config, tick, now) } : {}),
      });
    });
    return "started";
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable || error.code === "internal") throw error;
    await moveOn(scope, trigger, tick, plan, async (tx) => {
      await insertTick(tx, scope, trigger, tick, { status: "rejected", reason: error.message });
      if (NOT_ITS_FAULT.has(error.reason ?? "")) return;
      await countOutcome(tx, scope, trigger.id, { status: "failed", begunAt: now });
    });
    await dispatchNotices();
    return "refused";
  }
}

async function insertTick(
  tx: Tx,
  scope: TenantScope,
  { id }: Schedule,
  tick: Date,
  what: { status: "left_out" | "rejected"; reason: string },
): Promise<void> {
  await insertDelivery(tx, scope, id, { deliveryKey: tick.toISOString(), ...what });
}

/** Goes to the next tick with what there is to write about this one; nothing when somebody else has. */
async function moveOn(
  scope: TenantScope,
  trigger: Schedule,
  tick: Date,
  plan: TickPlan,
  write: (tx: Tx) => Promise<void>,
): Promise<void> {
  await asWorker(scope, async (tx) => {
    if (await advance(tx, scope, trigger, tick, plan)) await write(tx);
  });
}

/** Goes to the next tick; false when the schedule is at another by now, or off. */
async function advance(
  tx: Tx,
  scope: TenantScope,
  trigger: Schedule,
  tick: Date,
  plan: TickPlan,
): Promise<boolean> {
  const moved = await tx
    .update(workflowTriggers)
    .set({ nextAt: plan.next })
    .where(
      and(triggerIs(scope, trigger.id), eq(workflowTriggers.nextAt, tick), sql`${workflowTriggers.isActive}`),
    )
    .returning({ id: workflowTriggers.id });
  return moved.length > 0;
}
