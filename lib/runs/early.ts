import "server-only";
import { apartFromTransaction, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { ifUndone, sendNow } from "@/db/statements";
import { embedded } from "@/inngest/embedded";
import { withLogContext } from "@/lib/log";
import { type Ended, type Pending, runEffect } from "./run-effect";
import { standingFaults } from "./worker";

/** An effect that was begun before the transaction that claims its step has committed. */
export type Early = {
  readonly ended: Promise<Ended>;
  /**
   * Lets it go on to its end, for its step is claimed.
   * @param over aborts when the run is cancelled
   * @returns false when that took too long, or the run is over: it was broken off
   */
  readonly confirm: (over: AbortSignal) => boolean;
};

/** A claim that takes longer than that waits for others: its effect, whose time is limited, does not wait with it. */
const MOST_AHEAD_MS = 1_000;

/**
 * Begins an effect while its step is being claimed, as far as it may go without: nothing is lost by it should the claim
 * fail, and then it is broken off. What it gives counts once the claim has committed.
 */
export function beginEarly(tx: Tx, scope: TenantScope, pending: Pending): Early {
  // What it goes by is on its way first.
  sendNow(tx);
  const over = new AbortController();
  const claimed = Promise.withResolvers<void>();
  claimed.promise.catch(() => undefined);
  const { tenantId } = scope;
  const { id: executionId } = pending.held.run;
  const ways = { faults: standingFaults(), over: over.signal, claimed: claimed.promise };
  const effect = () => runEffect(scope, pending, ways);
  const ended = embedded().engine.outside(() =>
    apartFromTransaction(() => withLogContext({ tenantId, executionId }, effect)),
  );
  // Who takes it over hears of it.
  ended.catch(() => undefined);
  const drop = () => {
    clearTimeout(tooLate);
    over.abort();
    claimed.reject(over.signal.reason);
  };
  const tooLate = setTimeout(drop, MOST_AHEAD_MS);
  ifUndone(tx, drop);
  const confirm = (run: AbortSignal) => {
    if (run.aborted) drop();
    if (over.signal.aborted) return false;
    clearTimeout(tooLate);
    run.addEventListener("abort", drop);
    const leave = () => run.removeEventListener("abort", drop);
    ended.then(leave, leave);
    claimed.resolve();
    return true;
  };
  return { ended, confirm };
}

/** What a claimed effect comes to: the one that is under way, unless that was broken off; then it is begun anew. */
export function endOf(
  early: Early | undefined,
  over: AbortSignal,
  begin: () => Promise<Ended>,
): Promise<Ended> {
  return early?.confirm(over) ? early.ended : begin();
}
