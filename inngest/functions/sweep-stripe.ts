import { cron } from "inngest";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { tellCollections } from "@/lib/payments/collect/notices";
import { tellTopups } from "@/lib/payments/notices";
import { sweepPayments } from "@/lib/payments/sweep";
import { findStripe } from "@/lib/stripe/client";
import { applyWaiting, waitingEvents } from "@/lib/stripe/sweep";
import { inngest } from "../client";

/** Every minute: events of Stripe that were stored and not applied, and payments that nobody ended. */
export const sweepStripe = inngest.createFunction(
  { id: "sweep-stripe", triggers: [cron("* * * * *")], retries: 0, concurrency: { limit: 1 } },
  async ({ step }) => {
    const isOn = await step.run("is-on", async () => (await findStripe()) !== null);
    if (!isOn) return { applied: 0 };
    const waiting = await step.run("waiting", waitingEvents);
    const swept = await step.run("payments", sweepPayments);
    const told = await step.run("tell", async () => (await tellTopups()) + (await tellCollections()));
    if (told > 0) await step.run("send", dispatchNotices);
    if (waiting.length === 0) return { applied: 0, ...swept };
    const applied = await step.run("apply", () => applyWaiting(waiting.filter((id) => id !== null)));
    return { applied, ...swept };
  },
);
