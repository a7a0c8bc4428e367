import "server-only";
import { inngest } from "@/inngest/client";
import { creditAdded, pricesChanged, walletLow } from "@/inngest/events";
import { log } from "@/lib/log";
import type { Repriced } from "./sweep";

/** A wallet has fallen to where credit is to be bought by itself, or caps have alerts: told at once. A loss is made up by the sweep. */
export function spendChanged({ tenantId, isLow }: { tenantId: string; isLow: boolean }): void {
  inngest
    .send(walletLow.create({ tenantId, isLow }))
    .catch((error: unknown) => log.warn({ err: error, tenantId }, "a low wallet could not be told"));
}

/** To be called once a transaction that gave credit has committed: what waits for it goes on. Never throws. */
export async function creditWasAdded(tenantId: string): Promise<void> {
  try {
    await inngest.send(creditAdded.create({ tenantId }));
  } catch (error) {
    log.warn({ err: error, tenantId }, "added credit could not be told");
  }
}

/** What waits for money is asked again at the prices of now: once for a change, however often it is told. */
export async function pricesWereChanged({ tenantId, changedAt }: Repriced): Promise<void> {
  await inngest.send(pricesChanged.create({ tenantId }, { id: `prices:${tenantId}:${changedAt}` }));
}
