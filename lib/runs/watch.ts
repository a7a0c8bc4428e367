import "server-only";
import { asWorker, type Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { log } from "@/lib/log";
import { listenForEnds } from "./ends";
import { isFinished } from "./input";
import { cancelledReason, trackCall } from "./live";
import { LEASE_MS, renewLease } from "./steps";
import { executionIs } from "./store";

const RENEW_MS = LEASE_MS / 3;
/** The backstop: ends are announced. */
const POLL_MS = Math.min(2_000, RENEW_MS);

export type Watched = {
  readonly signal: AbortSignal;
  /** Which of the ends came, when one did. */
  state(): { isCancelled: boolean; isLost: boolean; isTimedOut: boolean };
  /** Looks now, where the next look may come too late. */
  look(): void;
  stop(): void;
};

/**
 * Looks after a step until what its effect gave is stored or given up: aborts the effect when the run is cancelled or
 * ends, when its time is up, or when a newer attempt took the step over, and prolongs its lease meanwhile.
 * @param claimed settles once its claim is committed, where that is still on its way: what is not there yet is not over,
 * and what comes to nothing needs no looking after
 */
export function watchStep(
  scope: TenantScope,
  held: { executionId: string; stepId: string; attempt: number },
  { timeoutMs, over, claimed }: { timeoutMs: number; over?: AbortSignal; claimed?: Promise<void> },
): Watched {
  const controller = new AbortController();
  const state = { isCancelled: false, isLost: false, isTimedOut: false };
  let renewedAt = performance.now();
  const end = (which: keyof typeof state, reason: unknown) => {
    state[which] = true;
    controller.abort(reason);
  };
  const timeout = setTimeout(
    () => end("isTimedOut", new DOMException("The node took too long.", "TimeoutError")),
    timeoutMs,
  );
  const look = async () => {
    const mustRenew = performance.now() - renewedAt >= RENEW_MS;
    const seen = async (tx: Tx) => {
      const [run] = await tx
        .select({ status: executions.status, cancelRequestedAt: executions.cancelRequestedAt })
        .from(executions)
        .where(executionIs(scope, held.executionId))
        .limit(1);
      const lease = mustRenew ? await renewLease(tx, scope, held) : null;
      return { isOver: !run || isFinished(run.status) || run.cancelRequestedAt !== null, lease };
    };
    const { isOver, lease } = await asWorker(scope, seen, { isSignOfLife: mustRenew });
    if (lease === "renewed") renewedAt = performance.now();
    if (isOver) end("isCancelled", cancelledReason());
    else if (lease === "lost") end("isLost", new DOMException("Another worker took over.", "AbortError"));
  };
  let isLooking = false;
  let isToLookAgain = false;
  // One at a time: where the database is slow, more of them would only be in the way of what the steps gave.
  const lookAfter = async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      await claimed;
    } catch {
      // Without a claim there is nothing to look after: it is broken off.
      return;
    }
    do {
      isToLookAgain = false;
      await look().catch((error: unknown) =>
        log.warn({ err: error, ...held }, "a running step could not be looked after"),
      );
    } while (isToLookAgain);
    isLooking = false;
  };
  const lookAnew = () => {
    isToLookAgain = true;
    void lookAfter();
  };
  const untrack = trackCall(held.executionId, controller, lookAnew);
  listenForEnds();
  const interval = setInterval(lookAfter, POLL_MS);
  controller.signal.addEventListener("abort", () => {
    // Aborted from outside this watch: only a cancel does that.
    if (!state.isTimedOut && !state.isLost) state.isCancelled = true;
  });
  const giveUp = () => controller.abort(cancelledReason());
  if (over?.aborted) giveUp();
  else over?.addEventListener("abort", giveUp);
  const stop = () => {
    clearTimeout(timeout);
    clearInterval(interval);
    over?.removeEventListener("abort", giveUp);
    untrack();
  };
  claimed?.catch(stop);
  return { signal: controller.signal, state: () => state, look: lookAnew, stop };
}
