import { cron } from "inngest";
import { tenantsWithDueMessages } from "@/lib/notifications/sweep";
import { inngest } from "../client";
import { noticesQueued, webhooksDue } from "../events";

/** When told, and every minute: tenants with messages to send, whose event was lost or whose later try is due. */
export const sweepWebhooks = inngest.createFunction(
  {
    id: "sweep-webhooks",
    triggers: [noticesQueued, cron("* * * * *")],
    retries: 0,
    concurrency: { limit: 1 },
  },
  async ({ step }) => {
    const tenantIds = await step.run("due", tenantsWithDueMessages);
    if (tenantIds.length > 0) {
      await step.sendEvent(
        "tell",
        tenantIds.map((tenantId) => webhooksDue.create({ tenantId })),
      );
    }
    return { tenants: tenantIds.length };
  },
);
