import "server-only";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { dispatchRun, dispatchWake, type Wake } from "./dispatch";
import { abortCalls, announceChange } from "./live";

/** What a transaction leaves to be told once it has committed. A loss does no harm: the sweep tells it again. */
export type FollowUps = {
  /** Runs to send to the engine for the first time. */
  readonly starts: Set<string>;
  /** Runs that can go on: what they waited for is settled, or their tenant has room again. */
  readonly continues: Set<string>;
  /** Runs that have ended: what is still done for them is broken off. */
  readonly ended: Set<string>;
  readonly wakes: Wake[];
  /** Runs of which people or other systems are told something. */
  readonly told: Set<string>;
};

export function newFollowUps(): FollowUps {
  return { starts: new Set(), continues: new Set(), ended: new Set(), wakes: [], told: new Set() };
}

/** Adds what one part of a transaction leaves to what the whole of it does. */
export function mergeFollowUps(into: FollowUps, from: FollowUps): void {
  for (const key of ["starts", "continues", "ended", "told"] as const)
    for (const id of from[key]) into[key].add(id);
  into.wakes.push(...from.wakes);
}

/**
 * Does what a committed transaction left. Never throws.
 * @param driven runs that start and are being driven here: what is called for each as soon as the engine knows of it, or
 * could not be told
 */
export async function followUp(
  scope: TenantScope,
  ups: FollowUps,
  driven: ReadonlyMap<string, () => void> = new Map(),
): Promise<void> {
  for (const executionId of ups.ended) {
    abortCalls(executionId);
    announceChange(executionId);
  }
  for (const executionId of ups.starts)
    await dispatchRun(scope, executionId, startOf(driven.get(executionId)));
  for (const executionId of ups.continues) {
    announceChange(executionId);
    await dispatchRun(scope, executionId, { again: `on:${newId()}` });
  }
  for (const wake of ups.wakes) await dispatchWake(scope, wake);
  if (ups.told.size > 0) await dispatchNotices();
}

const startOf = (onTold: (() => void) | undefined) => (onTold ? { isDriven: true, onTold } : {});
