import "server-only";
import { setImmediate } from "node:timers/promises";
import { and, eq, isNull, or, sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { isAmong, madeOnce } from "@/db/made-once";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { inngest } from "@/inngest/client";
import { takeEvent, worksHere } from "@/inngest/embedded";
import { executionCancelled, executionRequested, stepDue } from "@/inngest/events";
import { log } from "@/lib/log";
import { type GivenRun, isGivenRun } from "./store";
import { standingFaults } from "./worker";

/** A waiting step and the time at which it goes on by itself. */
export type Wake = { readonly executionId: string; readonly stepId: string; readonly at: Date };

/**
 * Tells the engine that a run waits. Never throws: what could not be sent stays marked as not dispatched, and the sweeper
 * sends it again. Sending twice starts it once, because the event's id is the run's.
 */
export async function dispatchRun(
  scope: TenantScope,
  executionId: string,
  { again, isDriven = false, onTold }: Dispatch = {},
): Promise<void> {
  const { tenantId } = scope;
  const id = again ? `${executionId}:${again}` : executionId;
  await standingFaults()?.at("before_relay", "");
  try {
    const event = executionRequested.create({ tenantId, executionId, segment: 0 }, { id });
    const wakeAfterMs = isDriven ? JOIN_AFTER_MS : 0;
    if (worksHere()) await takeEvent({ id, name: event.name, data: event.data }, wakeAfterMs);
    else await inngest.send(event);
    onTold?.();
    // What was only waiting for that begins first.
    if (isDriven) await setImmediate();
    await asWorker(scope, (tx) =>
      noteDispatched(tx, { tenantId, executionId, isAgain: again !== undefined }).execute(),
    );
  } catch (error) {
    log.warn({ err: error, executionId }, "a run could not be sent to the engine yet");
    onTold?.();
  }
}

export type Dispatch = {
  /** Names a further sending of a run that was sent. */
  readonly again?: string;
  /** It is being driven here, which the engine's call only joins. */
  readonly isDriven?: boolean;
  /** Called as soon as the engine knows of the run, or cannot be told: then a sweep does. */
  readonly onTold?: () => void;
};

/** The first effects of a run that is driven are on their way by then. */
const JOIN_AFTER_MS = 5;

const noteDispatched = madeOnce<GivenRun & { readonly isAgain: boolean }, unknown>((tx) => {
  const isDue = or(sql`${sql.placeholder("isAgain")}::boolean`, isNull(executions.dispatchedAt));
  // Whoever drives the run at this moment is not waited for: it is sent again at most, which starts nothing.
  const free = tx
    .select({ id: executions.id })
    .from(executions)
    .where(and(isGivenRun, isDue))
    .for("no key update", { skipLocked: true });
  return tx
    .update(executions)
    .set({ dispatchedAt: sql`now()`, updatedAt: sql`now()` })
    .where(and(eq(executions.tenantId, sql.placeholder("tenantId")), isAmong(executions.id, free)));
});

/** How long before its time a wait is given to the engine; what lies further ahead is a sweep's. */
export const WAKE_AHEAD_MS = 90_000;

/**
 * Tells the engine when a waiting step goes on, where that is soon. Never throws: a sweep looks for what is due, and
 * gives it to the engine when it comes near.
 */
export async function dispatchWake(scope: TenantScope, { executionId, stepId, at }: Wake): Promise<void> {
  if (at.getTime() - Date.now() > WAKE_AHEAD_MS) return;
  const data = { tenantId: scope.tenantId, executionId, stepId };
  try {
    await inngest.send(stepDue.create(data, { id: `${stepId}:due:${at.getTime()}`, ts: at.getTime() }));
  } catch (error) {
    log.warn({ err: error, executionId, stepId }, "the engine could not be told when a step goes on");
  }
}

/** Tells the engine to drop what it plans for a run. The run has ended already, so a loss does no harm. */
export async function dispatchCancel(scope: TenantScope, executionId: string): Promise<void> {
  const data = { tenantId: scope.tenantId, executionId };
  try {
    await inngest.send(executionCancelled.create(data, { id: `${executionId}:cancelled` }));
  } catch (error) {
    log.warn({ err: error, executionId }, "the engine could not be told of a cancelled run");
  }
}
