import { processEvent } from "@/lib/stripe/process";
import { inngest } from "../client";
import { stripeReceived } from "../events";

/** Applies an event of Stripe, as soon as it is stored. */
export const processStripe = inngest.createFunction(
  {
    id: "process-stripe",
    name: "Apply events of Stripe",
    triggers: [stripeReceived],
    retries: 3,
    concurrency: { limit: 4 },
  },
  ({ event, step }) => step.run("apply", () => processEvent(event.data.eventId)),
);
