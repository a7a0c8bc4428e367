import { cron } from "inngest";
import { remindAll } from "@/lib/approvals/sweep";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { inngest } from "../client";

/** Every minute: people who were asked something and have not answered by the time set for a reminder. */
export const remindApproversFunction = inngest.createFunction(
  { id: "remind-approvers", triggers: [cron("* * * * *")], retries: 0, concurrency: { limit: 1 } },
  async ({ step }) =>
    step.run("remind", async () => {
      const reminded = await remindAll();
      if (reminded > 0) await dispatchNotices();
      return { reminded };
    }),
);
