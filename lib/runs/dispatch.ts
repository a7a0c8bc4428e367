import "server-only";
import { and, eq, isNull, or, type SQL, sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { isAmong, madeOnce } from "@/db/made-once";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { inngest } from "@/inngest/client";
import { takeEvent, tellStored, worksHere } from "@/inngest/embedded";
import { executionCancelled, executionRequested, stepDue } from "@/inngest/events";
import { log } from "@/lib/log";
import { type GivenRun, isGivenRun } from "./store";
import { standingFaults } from "./worker";

/** A waiting step and the time at which it goes on by itself. */
export type Wake = { readonly executionId: string; readonly stepId: string; readonly at: Date };

/**
 * Tells the engine that runs wait, in the transaction that lets them start: either both are so or neither is. Only where
 * the engine works in this process; after the commit it is to be woken with `wakeEngine`.
 * @param runs a query that gives ids of runs of the tenant that is the statement's `tenantId`
 */
export function storeRequests(runs: SQL): SQL<unknown> {
  const id = sql`run.id::text`;
  const data = sql`json_build_object('tenantId', ${sql.placeholder("tenantId")}::uuid, 'executionId', run.id, 'segment', 0)`;
  const time = sql`floor(extract(epoch from now()) * 1000)`;
  const payload = sql`json_build_object('id', ${id}, 'name', ${REQUESTED}, 'data', ${data}, 'ts', ${time})::text`;
  return sql`(select engine.store_events(array_agg(${id}), array_agg(${REQUESTED}), array_agg(${payload}), array_agg(${time}::float8))
    from (${runs}) as run (id))`;
}

const REQUESTED = sql.raw(`'${executionRequested.name}'::text`);

/** Lets the engine look for what `storeRequests` gave it. @param isDriven here, which the engine's call only joins */
export async function wakeEngine(isDriven = false): Promise<void> {
  await standingFaults()?.at("before_relay", "");
  tellStored(isDriven ? JOIN_AFTER_MS : 0);
}

/** The first effects of a run that is driven are on their way by then. */
const JOIN_AFTER_MS = 5;

/**
 * Tells the engine that a run waits. Never throws: what could not be sent stays marked as not dispatched, and the sweeper
 * sends it again. Sending twice starts it once, because the event's id is the run's.
 * @param again names a further sending of a run that was sent
 * @returns whether it was sent
 */
export async function dispatchRun(scope: TenantScope, executionId: string, again?: string): Promise<boolean> {
  await standingFaults()?.at("before_relay", "");
  try {
    const event = requestOf(scope, executionId, again ? `${executionId}:${again}` : executionId);
    if (worksHere()) await takeEvent(event);
    else await inngest.send(event);
    await noteSent(scope, executionId, again !== undefined);
    return true;
  } catch (error) {
    log.warn({ err: error, executionId }, "a run could not be sent to the engine yet");
    return false;
  }
}

/** Notes that the engine has a run by now. @param isAgain also where that was noted before */
export async function noteSent(scope: TenantScope, executionId: string, isAgain = true): Promise<void> {
  const { tenantId } = scope;
  await asWorker(scope, (tx) => noteDispatched(tx, { tenantId, executionId, isAgain }).execute());
}

function requestOf({ tenantId }: TenantScope, executionId: string, id: string) {
  const event = executionRequested.create({ tenantId, executionId, segment: 0 }, { id });
  return { ...event, id };
}

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
