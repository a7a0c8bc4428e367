import "server-only";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Gives the result no sooner than `floorMs` after the start, so that the time of an answer does not tell whether an
 * account exists.
 */
export async function noSoonerThan<T>(floorMs: number, work: () => Promise<T>): Promise<T> {
  const [outcome] = await Promise.allSettled([work(), sleep(floorMs)]);
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}
