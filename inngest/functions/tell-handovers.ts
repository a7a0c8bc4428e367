import { cron } from "inngest";
import { jobScope } from "@/lib/auth/scope";
import { log } from "@/lib/log";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { findHandedOver, tellHandover } from "@/lib/tenants/handovers";
import { inngest } from "../client";
import { tenantsHandedOver } from "../events";

/** Tells workspaces that somebody else bills them now: at once, and every ten minutes what was left. */
export const tellHandovers = inngest.createFunction(
  {
    id: "tell-handovers",
    name: "Tell who bills a workspace now",
    triggers: [tenantsHandedOver, cron("*/10 * * * *")],
    concurrency: 1,
  },
  async ({ step }) => {
    const found = await step.run("find", findHandedOver);
    let told = 0;
    for (const tenantId of found)
      told += await step.run(`tell:${tenantId}`, async () => {
        try {
          return await tellHandover(await jobScope(tenantId, "tell-handovers"));
        } catch (error) {
          log.warn({ err: error, tenantId }, "a workspace could not be told who bills it; it is tried again");
          return 0;
        }
      });
    if (told > 0) await step.run("send", dispatchNotices);
    return { told };
  },
);
