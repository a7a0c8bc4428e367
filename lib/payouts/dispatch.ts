import "server-only";
import { inngest } from "@/inngest/client";
import { payoutApproved } from "@/inngest/events";
import { log } from "@/lib/log";

/** Tells the engine that payouts may be sent. Never throws: the sweep finds them within the hour. */
export async function dispatchPayouts(payoutIds: readonly string[]): Promise<void> {
  if (payoutIds.length === 0) return;
  try {
    await inngest.send(payoutIds.map((payoutId) => payoutApproved.create({ payoutId })));
  } catch (error) {
    log.warn({ err: error, payoutIds }, "the engine was not told of payouts");
  }
}
