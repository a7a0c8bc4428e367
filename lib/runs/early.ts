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
  readonly sinceMs: number;
  readonly drop: () => void;
};

/** After that the effect's watch looks for its run and its step, which have to be there. */
const MOST_AHEAD_MS = 1_000;

/**
 * Begins an effect that only reads while its step is being claimed: nothing is lost by it should the claim fail, and then
 * it is broken off. What it gives counts once the claim has committed.
 */
export function beginEarly(tx: Tx, scope: TenantScope, pending: Pending): Early {
  // What it goes by is on its way first.
  sendNow(tx);
  const over = new AbortController();
  const { tenantId } = scope;
  const { id: executionId } = pending.held.run;
  const run = () => runEffect(scope, pending, { faults: standingFaults(), over: over.signal });
  const ended = embedded().engine.outside(() =>
    apartFromTransaction(() => withLogContext({ tenantId, executionId }, run)),
  );
  // Who takes it over hears of it.
  ended.catch(() => undefined);
  const drop = () => over.abort();
  ifUndone(tx, drop);
  return { ended, sinceMs: performance.now(), drop };
}

/** What a claimed effect comes to: the one that is under way, unless its claim took so long that it is begun anew. */
export function endOf(early: Early | undefined, begin: () => Promise<Ended>): Promise<Ended> {
  if (!early) return begin();
  if (performance.now() - early.sinceMs < MOST_AHEAD_MS) return early.ended;
  early.drop();
  return begin();
}
