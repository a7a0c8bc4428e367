import { deliverMail, listDueMails } from "@/lib/email/deliver";
import { inngest } from "../client";
import { mailQueued } from "../events";

/** Sends the mail that waits: when told of some, and each minute for what nobody told of and for tries due again. */
export const sendMail = inngest.createFunction(
  {
    id: "send-mail",
    name: "Send mail",
    // One at a time: two runs must not pick the same mail.
    concurrency: 1,
    triggers: [mailQueued, { cron: "* * * * *" }],
    retries: 1,
  },
  async ({ step }) => {
    const due = await step.run("list-due", listDueMails);
    for (const mailId of due) await step.run(`send-${mailId}`, () => deliverMail(mailId));
    return { tried: due.length };
  },
);
