import "server-only";
import { inngest } from "@/inngest/client";
import { stripeReceived } from "@/inngest/events";
import { log } from "@/lib/log";

/** Tells the engine that an event waits. Never throws: the sweep finds it within a minute. */
export async function dispatchEvent(eventId: string): Promise<void> {
  try {
    await inngest.send(stripeReceived.create({ eventId }, { id: eventId }));
  } catch (error) {
    log.warn({ err: error, eventId }, "the engine was not told of an event of Stripe");
  }
}
