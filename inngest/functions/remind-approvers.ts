import { cron } from "inngest";
import { remindApprovers, tenantsToRemind } from "@/lib/approvals/sweep";
import { jobScope } from "@/lib/auth/scope";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { inngest } from "../client";

/** Every minute: people who were asked something and have not answered by the time set for a reminder. */
export const remindApproversFunction = inngest.createFunction(
  { id: "remind-approvers", triggers: [cron("* * * * *")], retries: 0, concurrency: { limit: 1 } },
  async ({ step }) =>
    step.run("remind", async () => {
      let reminded = 0;
      for (const tenantId of await tenantsToRemind()) {
        reminded += await remindApprovers(await jobScope(tenantId, "remind-approvers"));
      }
      if (reminded > 0) await dispatchNotices();
      return { reminded };
    }),
);
