import { cron } from "inngest";
import { findStripe } from "@/lib/stripe/client";
import { processEvent } from "@/lib/stripe/process";
import { waitingEvents } from "@/lib/stripe/sweep";
import { inngest } from "../client";

/** Every minute: events of Stripe that were stored and not applied, oldest tries first. */
export const sweepStripe = inngest.createFunction(
  { id: "sweep-stripe", triggers: [cron("* * * * *")], retries: 0, concurrency: { limit: 1 } },
  async ({ step }) => {
    const waiting = await step.run("waiting", async () => ((await findStripe()) ? waitingEvents() : []));
    if (waiting.length === 0) return { applied: 0 };
    const applied = await step.run("apply", async () => {
      const ends = await Promise.allSettled(
        waiting.flatMap((eventId) => (eventId ? [processEvent(eventId)] : [])),
      );
      return ends.filter((end) => end.status === "fulfilled" && end.value !== "later").length;
    });
    return { applied };
  },
);
