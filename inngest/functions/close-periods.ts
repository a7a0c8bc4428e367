import { closeDue } from "@/lib/billing/commands/close";
import { currentTime } from "@/lib/clock";
import { inngest } from "../client";

/**
 * Makes the invoices of periods that have been over for an hour. Each plan has a day and time of its own, so it looks every
 * hour; what could not be made is made by the next one, and closing again makes nothing twice.
 */
export const closePeriods = inngest.createFunction(
  {
    id: "close-periods",
    name: "Close periods that are over",
    concurrency: 1,
    triggers: [{ cron: "10 * * * *" }],
  },
  async ({ step }) =>
    step.run("close", async () => {
      const closed = await closeDue(currentTime());
      return { invoiced: closed.filter((tenant) => tenant.outcome === "invoiced").length };
    }),
);
