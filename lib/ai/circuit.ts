/** So many calls without an answer, one after the other, mean that a provider is down. */
export const FAILURES_TO_OPEN = 10;
/** It is then left alone for so long, before one call finds out whether it is back. */
export const OPEN_MS = 30_000;
/** Who comes while that call is under way comes again after so long. */
const PROBE_WAIT_MS = 3_000;

/** What a call told about its provider; `unknown` when it was cancelled or ran out of time before there was an answer. */
export type CallOutcome = "answered" | "failed" | "unknown";

/** Leave to call, to be given back with what came of it; or how long to leave the provider alone. */
export type Leave = { readonly isProbe: boolean } | { readonly waitMs: number };

/**
 * A circuit breaker for one model at one provider: after a row of failures nobody asks for a while, so that a provider that
 * is down is not stormed, and runs wait for it instead of using up their attempts on it. Times are milliseconds of a clock
 * that does not go back.
 */
export class Circuit {
  /** Failures since the last answer. */
  private failures = 0;
  private closedFrom = 0;
  private probedUntil = 0;

  /** Whether a call may be made now. The first after the pause is the probe; until it has ended nobody else calls. */
  ask(now: number): Leave {
    if (!this.isOpen) return { isProbe: false };
    if (now < this.closedFrom) return { waitMs: this.closedFrom - now };
    if (now < this.probedUntil) return { waitMs: PROBE_WAIT_MS };
    // One that never ends is followed by another.
    this.probedUntil = now + OPEN_MS;
    return { isProbe: true };
  }

  /** @returns what changed by it */
  ended(leave: { readonly isProbe: boolean }, outcome: CallOutcome, now: number): "opened" | "closed" | null {
    // What was under way when it opened says nothing about how it is now.
    if (this.isOpen && !leave.isProbe) return null;
    if (outcome === "answered") {
      const wasOpen = this.isOpen;
      this.failures = 0;
      return wasOpen ? "closed" : null;
    }
    if (outcome === "failed") this.failures += 1;
    if (leave.isProbe) this.probedUntil = 0;
    if (outcome === "unknown" || !this.isOpen) return null;
    this.closedFrom = now + OPEN_MS;
    return "opened";
  }

  private get isOpen(): boolean {
    return this.failures >= FAILURES_TO_OPEN;
  }
}
