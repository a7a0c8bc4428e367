import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { asWorker } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import type { Ended } from "./run-effect";
import { type StepReference, settleStep } from "./settle-step";

/** Waits between attempts to store what effects gave, when the database is away. */
const STORE_AGAIN_MS = [250, 1_000, 4_000];

/** Waits until a commit that nobody was told of has come to its end, as far as can be told. */
export function untilCommitted(): Promise<void> {
  return sleep(STORE_AGAIN_MS[0]);
}

/**
 * Whether what effects gave may be stored once more after that many tries, once the database had time to come back.
 * @param ended what is to be stored
 */
export async function mayStoreAgain(
  error: unknown,
  tries: number,
  ended: readonly Pick<Ended, "watched">[],
): Promise<boolean> {
  const waitMs = STORE_AGAIN_MS[tries];
  if (waitMs === undefined || !(error instanceof AppError && error.retryable)) return false;
  // It may have kept their leases from being prolonged.
  for (const { watched } of ended) watched.look();
  await sleep(waitMs);
  return true;
}

/** Stores what an effect gave on its own, again while the database is away. @throws what the last try does */
export async function storeEnded(scope: TenantScope, ended: Ended): Promise<StepReference> {
  const { held, effect, account } = ended;
  for (let tries = 0; ; tries += 1) {
    try {
      return await asWorker(scope, (tx) => settleStep(tx, scope, held, effect, account));
    } catch (error) {
      if (!(await mayStoreAgain(error, tries, [ended]))) throw error;
    }
  }
}
