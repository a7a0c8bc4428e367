import { deliverMail, listDueMails, MAIL_BATCH } from "@/lib/email/deliver";
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
    let tried = 0;
    for (const mailId of due) {
      const outcome = await step.run(`send-${mailId}`, () => deliverMail(mailId));
      if (outcome !== "skipped") tried += 1;
    }
    // After hours without a mail server there are thousands, and whoever asks for a link now stands behind them.
    if (due.length === MAIL_BATCH && tried > 0) await step.sendEvent("go-on", mailQueued.create({}));
    return { tried };
  },
);
