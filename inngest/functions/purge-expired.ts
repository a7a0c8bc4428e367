import { purgeOldMails } from "@/lib/email/purge";
import { purgeOldNotices } from "@/lib/notifications/sweep";
import { purgeExpiredLimits } from "@/lib/rate-limit/consume";
import { purgeDeliveries } from "@/lib/triggers/sweep";
import { inngest } from "../client";

/** Deletes each hour what only counted for a while. */
export const purgeExpired = inngest.createFunction(
  { id: "purge-expired", name: "Purge what has expired", concurrency: 1, triggers: [{ cron: "17 * * * *" }] },
  async ({ step }) => {
    await step.run("rate-limits", purgeExpiredLimits);
    await step.run("trigger-deliveries", purgeDeliveries);
    await step.run("notices", purgeOldNotices);
    await step.run("mails", purgeOldMails);
  },
);
