import { and, eq, gt, isNotNull, notInArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { together } from "@/db/statements";
import { thisWorker } from "./worker";

/** Steps of one tenant that reach outside at the same time, over all processes. */
export const STEPS_AT_ONCE_PER_TENANT = 8;

/**
 * How many more steps the tenant may have under way, counted by the leases that are held. Holds the tenant's place
 * until the transaction ends, which keeps the number exact: it is to be asked for right before steps are claimed.
 * @param ending steps that end in this transaction
 */
export async function freeSlots(tx: Tx, scope: TenantScope, ending: readonly string[] = []): Promise<number> {
  const worker = thisWorker();
  // Statements of their own: the count has to see what whoever held the place before has committed.
  const [, [row]] = await together(tx, [
    tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`steps:${scope.tenantId}`}, 0))`),
    tx
      .select({ held: sql<number>`count(*)::int` })
      .from(executionSteps)
      .where(
        and(
          eq(executionSteps.status, "running"),
          gt(executionSteps.leaseUntil, sql`now()`),
          eq(executionSteps.tenantId, scope.tenantId),
          ending.length > 0 ? notInArray(executionSteps.id, [...ending]) : undefined,
          // What waits for its next attempt is nobody's; where nobody else is alive, another's lease is a dead one's.
          worker.isAlone ? eq(executionSteps.workerId, worker.id) : isNotNull(executionSteps.workerId),
        ),
      ),
  ]);
  return Math.max(0, STEPS_AT_ONCE_PER_TENANT - (row?.held ?? 0));
}

/** Drives of this process that wait for room, by tenant, the longest first. */
const waiting = new Map<string, Set<() => void>>();

/** Calls when a step of the tenant has ended here and nobody waits longer. The answer ends that. */
export function onRoom(tenantId: string, call: () => void): () => void {
  const own = waiting.get(tenantId) ?? new Set();
  waiting.set(tenantId, own);
  own.add(call);
  return () => {
    own.delete(call);
    if (own.size === 0) waiting.delete(tenantId);
  };
}

/** Tells as many of those that wait as steps have ended. */
export function announceRoom(tenantId: string, ended: number): void {
  const own = waiting.get(tenantId);
  for (const call of [...(own ?? [])].slice(0, ended)) {
    own?.delete(call);
    call();
  }
}
