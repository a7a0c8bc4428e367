import { customerChanged, methodChanged, setupEnded } from "@/lib/payments/events/methods";
import type { EventHandler } from "./event-handler";

/** What is done with each type of event. What is not listed is stored, and ignored. */
export const EVENT_HANDLERS: Readonly<Record<string, EventHandler>> = {
  "setup_intent.succeeded": setupEnded,
  "setup_intent.setup_failed": setupEnded,
  "payment_method.attached": methodChanged,
  "payment_method.automatically_updated": methodChanged,
  "payment_method.updated": methodChanged,
  "payment_method.detached": methodChanged,
  "customer.updated": customerChanged,
  "customer.deleted": customerChanged,
};
