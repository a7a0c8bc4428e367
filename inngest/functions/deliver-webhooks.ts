import { jobScope } from "@/lib/auth/scope";
import { deliverDue } from "@/lib/notifications/deliver";
import { inngest } from "../client";
import { webhooksDue } from "../events";

/** What is due later than this waits for the sweep instead of a sleeping run. */
const SOON_MS = 60_000;
const MAX_ROUNDS = 20;

/** Sends a tenant's messages to its endpoints, and stays for the first quick retries. */
export const deliverWebhooks = inngest.createFunction(
  {
    id: "deliver-webhooks",
    name: "Deliver webhooks",
    triggers: [webhooksDue],
    // A tenant whose endpoints hang takes one place, whatever waits for them.
    concurrency: { key: "event.data.tenantId", limit: 1 },
    retries: 1,
  },
  async ({ event, step }) => {
    let tried = 0;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const done = await step.run(`deliver-${round}`, async () =>
        deliverDue(await jobScope(event.data.tenantId, "deliver-webhooks")),
      );
      tried += done.tried;
      if (done.nextInMs === null || done.nextInMs > SOON_MS) break;
      // The engine waits for whole seconds.
      if (done.nextInMs > 0) await step.sleep(`wait-${round}`, Math.max(1_000, Math.ceil(done.nextInMs)));
    }
    return { tried };
  },
);
