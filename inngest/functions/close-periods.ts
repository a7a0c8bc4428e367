import { closePeriodAsJob } from "@/lib/billing/commands";
import { formatMonth, previousMonth } from "@/lib/billing/period";
import { currentTime } from "@/lib/clock";
import { inngest } from "../client";

/**
 * Makes the invoices of the month that is over. It runs every day, because an invoice that could not be made on the
 * first is made on the second, and closing a month again makes nothing twice.
 */
export const closePeriods = inngest.createFunction(
  { id: "close-periods", name: "Close the last month", concurrency: 1, triggers: [{ cron: "0 2 * * *" }] },
  async ({ step }) =>
    step.run("close", async () => {
      const now = currentTime();
      const month = formatMonth(previousMonth(now));
      const closed = await closePeriodAsJob(month, now);
      return { month, invoiced: closed.filter((tenant) => tenant.outcome === "invoiced").length };
    }),
);
