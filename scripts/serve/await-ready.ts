import { z } from "zod";
import { isReady } from "../child";

const health = z.object({ parts: z.record(z.string(), z.string()) });

type Patience = {
  /** When somebody is told what is missing; what answers nothing by then has not started. */
  readonly patienceMs: number;
  /** How often it is asked from then on. */
  readonly everyMs: number;
  readonly hasEnded: () => boolean;
  /** Told once what is missing: `storage is failing`. */
  readonly tellLate: (missing: string) => void;
};

/**
 * Waits until a server can do its work. One that lacks something serves what it can meanwhile: ending it would take away the
 * rest, and bring back nothing.
 * @returns false when it has ended, or did not answer at all
 */
export async function awaitReady(
  url: string,
  { patienceMs, everyMs, hasEnded, tellLate }: Patience,
): Promise<boolean> {
  if (await isReady(url, patienceMs, hasEnded)) return true;
  const missing = hasEnded() ? null : await missingAt(url);
  if (missing === null) return false;
  if (missing !== "") tellLate(missing);
  return isReady(url, Number.POSITIVE_INFINITY, hasEnded, everyMs);
}

/** What a server says that it lacks, empty for nothing; null when it does not answer. */
async function missingAt(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const { parts } = health.parse(await answer.json());
    const lacking = answer.ok ? [] : Object.entries(parts).filter(([, state]) => state !== "ok");
    return lacking.map(([part, state]) => `${part} is ${state}`).join(", ");
  } catch {
    return null;
  }
}
