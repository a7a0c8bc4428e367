import type { Micros } from "@/lib/money";

/** A cap of an agent that has a cheaper model to go on with, as it stands in its window of now. */
export type SwitchingCap = {
  /** Its amount, with what was allowed on top in this window. */
  readonly bound: Micros;
  /** Spent and set aside. */
  readonly used: Micros;
  readonly switchAtPercent: number;
  readonly fallbackModelKey: string;
};

/**
 * Whether an agent goes on with its own model or with the cheaper one of its cap: from the chosen percent of the window on,
 * and whenever what is needed at most no longer fits. The cap itself is kept by the hold, whichever model it is.
 */
export function choiceOf(cap: SwitchingCap, needed: Micros): "go" | "switch" {
  if (cap.used * 100n >= cap.bound * BigInt(cap.switchAtPercent)) return "switch";
  return cap.used + needed > cap.bound ? "switch" : "go";
}

const DOLLAR = 1_000_000n;

/** What a person is asked to allow: what is missing, in whole dollars. */
export function amountToAsk(needed: Micros, available: Micros): Micros {
  const missing = needed > available ? needed - available : 1n;
  return ((missing + DOLLAR - 1n) / DOLLAR) * DOLLAR;
}
