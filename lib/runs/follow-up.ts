import "server-only";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { dispatchRun, dispatchWake, type Wake, wakeEngine } from "./dispatch";
import { abortCalls, announceChange } from "./live";

/** What a transaction leaves to be told once it has committed. A loss does no harm: the sweep tells it again. */
export type FollowUps = {
  /** Runs to send to the engine for the first time. */
  readonly starts: Set<string>;
  /** Runs that start of which the transaction itself tells the engine. */
  readonly stored: Set<string>;
  /** Runs that can go on: what they waited for is settled, or their tenant has room again. */
  readonly continues: Set<string>;
  /** Runs that have ended: what is still done for them is broken off. */
  readonly ended: Set<string>;
  readonly wakes: Wake[];
  /** Runs of which people or other systems are told something. */
  readonly told: Set<string>;
};

export function newFollowUps(): FollowUps {
  return {
    starts: new Set(),
    stored: new Set(),
    continues: new Set(),
    ended: new Set(),
    wakes: [],
    told: new Set(),
  };
}

/** Adds what one part of a transaction leaves to what the whole of it does. */
export function mergeFollowUps(into: FollowUps, from: FollowUps): void {
  for (const key of ["starts", "stored", "continues", "ended", "told"] as const)
    for (const id of from[key]) into[key].add(id);
  into.wakes.push(...from.wakes);
}

/** Does what a committed transaction left. Never throws. */
export async function followUp(scope: TenantScope, ups: FollowUps): Promise<void> {
  for (const executionId of ups.ended) {
    abortCalls(executionId);
    announceChange(executionId);
  }
  if (ups.stored.size > 0) await wakeEngine();
  for (const executionId of ups.starts) await dispatchRun(scope, executionId);
  for (const executionId of ups.continues) {
    announceChange(executionId);
    await dispatchRun(scope, executionId, `on:${newId()}`);
  }
  for (const wake of ups.wakes) await dispatchWake(scope, wake);
  if (ups.told.size > 0) await dispatchNotices();
}
