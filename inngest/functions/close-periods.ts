import { closeDue } from "@/lib/billing/commands/close";
import { issueDue } from "@/lib/billing/commands/issue";
import { sendNotesDue } from "@/lib/billing/commands/send-note";
import { jobTime } from "@/lib/present-time";
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
  async ({ step }) => {
    const made = await step.run("close", async () => (await closeDue(await jobTime())).length);
    // Each is sent when it is made; these are from a process that ended before it came to that.
    const sent = await step.run("send", issueDue);
    const notes = await step.run("send-notes", sendNotesDue);
    return { made, sent, notes };
  },
);
