import { AppError } from "@/lib/errors";
import { cleanText } from "./clean";

export type RetryPolicy = {
  /** Attempts in all, the first included; a process that dies takes one too. */
  readonly attempts: number;
  /** Waits grow fourfold, or stay the same. */
  readonly backoff: "exponential" | "fixed";
  readonly firstWaitMs: number;
};

/** For nodes that say nothing themselves: four attempts, after 1, 4 and 16 s. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, backoff: "exponential", firstWaitMs: 1_000 };
export const MAX_ATTEMPTS = DEFAULT_RETRY.attempts;
const LONGEST_WAIT_MS = 5 * 60_000;

/** What a failed attempt means: the step is over, or is tried again after a while. */
export type Verdict =
  | { readonly kind: "final"; readonly code: string; readonly message: string }
  | { readonly kind: "retry"; readonly code: string; readonly message: string; readonly afterMs: number };

/**
 * Decides by class: 408, 409, 429, 5xx, network and our own defects are tried again with growing waits, or after what
 * the other side asked for, which is told where that is longer than the longest wait; other 4xx, schema and template
 * errors never. `random` is in [0, 1).
 */
export function judge(
  error: unknown,
  attempt: number,
  random: number,
  policy: RetryPolicy = DEFAULT_RETRY,
): Verdict {
  const known = error instanceof AppError ? error : null;
  const code = known?.reason ?? known?.code ?? "internal";
  const isRetryable = known ? known.retryable : true;
  // It may quote what a service said.
  const message =
    known && known.code !== "internal"
      ? `${cleanText(known.message)}${isRetryable && asksForLonger(known) ? LONGER : ""}`
      : "Something went wrong on our side.";
  if (!isRetryable || attempt >= policy.attempts) return { kind: "final", code, message };
  return { kind: "retry", code, message, afterMs: waitBefore(attempt, known?.retryAfterMs, random, policy) };
}

const LONGER = ` It asks for a longer wait than the ${LONGEST_WAIT_MS / 60_000} minutes that a step waits at most.`;

function asksForLonger({ retryAfterMs }: AppError): boolean {
  return retryAfterMs !== undefined && retryAfterMs > LONGEST_WAIT_MS;
}

/** Milliseconds before the attempt after this one: what was asked for, else what the policy says and up to half more. */
export function waitBefore(
  attempt: number,
  askedMs: number | undefined,
  random: number,
  { backoff, firstWaitMs }: RetryPolicy = DEFAULT_RETRY,
): number {
  const grown = backoff === "fixed" ? firstWaitMs : firstWaitMs * 4 ** (attempt - 1);
  const wait = askedMs ?? Math.round(grown * (1 + random / 2));
  return Math.min(Math.max(0, wait), LONGEST_WAIT_MS);
}

/** How often a run is driven again that could not be: for half an hour, and no more often than Inngest tries. */
export const DRIVEN_AGAIN = 20;
const LONGEST_DRIVE_WAIT_MS = 90_000;

/**
 * Milliseconds before a run is driven again that could not be. What was in its way, such as a database that was away or had
 * too much to do, is over at some time, and nobody's run stands still for minutes after it.
 */
export function waitBeforeDrive(attempt: number, random: number): number {
  const waitMs = waitBefore(attempt, undefined, 0);
  return Math.round(Math.min(waitMs, LONGEST_DRIVE_WAIT_MS) * (1 + random / 2));
}
