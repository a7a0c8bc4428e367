import { AppError } from "@/lib/errors";

/** Attempts a step has, the first included; a process that dies takes one too. */
export const MAX_ATTEMPTS = 4;
const LONGEST_WAIT_MS = 5 * 60_000;
const FIRST_WAIT_MS = 1_000;

/** What a failed attempt means: the step is over, or is tried again after a while. */
export type Verdict =
  | { readonly kind: "final"; readonly code: string; readonly message: string }
  | { readonly kind: "retry"; readonly code: string; readonly message: string; readonly afterMs: number };

/**
 * Decides by class: 408, 409, 429, 5xx, network and our own defects are tried again with growing waits, or after what
 * the other side asked for; other 4xx, schema and template errors never. `random` is in [0, 1).
 */
export function judge(error: unknown, attempt: number, random: number): Verdict {
  const known = error instanceof AppError ? error : null;
  const code = known?.reason ?? known?.code ?? "internal";
  const message = known && known.code !== "internal" ? known.message : "Something went wrong on our side.";
  const isRetryable = known ? known.retryable : true;
  if (!isRetryable || attempt >= MAX_ATTEMPTS) return { kind: "final", code, message };
  return { kind: "retry", code, message, afterMs: waitBefore(attempt, known?.retryAfterMs, random) };
}

/** Milliseconds before the attempt after this one: what was asked for, else 1, 4, 16 s and up to half more. */
export function waitBefore(attempt: number, askedMs: number | undefined, random: number): number {
  const grown = FIRST_WAIT_MS * 4 ** (attempt - 1);
  const wait = askedMs ?? Math.round(grown * (1 + random / 2));
  return Math.min(Math.max(0, wait), LONGEST_WAIT_MS);
}
