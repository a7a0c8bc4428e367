import { cron } from "inngest";
import { jobTime } from "@/lib/present-time";
import { RECONCILE_CHECKS } from "@/lib/reconcile/checks";
import { finishRun, runCheck, startDailyRun } from "@/lib/reconcile/run";
import { inngest } from "../client";
import { reconciliationRequested } from "../events";

/** Compares the books with themselves and with Stripe, at three at night (UTC) and when an admin asks. */
export const reconcile = inngest.createFunction(
  {
    id: "reconcile",
    name: "Reconcile the books",
    concurrency: 1,
    triggers: [cron("0 3 * * *"), reconciliationRequested],
  },
  async ({ event, step }) => {
    const asked = event.name === reconciliationRequested.name ? event.data.runId : null;
    const runId = asked ?? (await step.run("start", async () => startDailyRun(await jobTime())));
    let found = 0;
    for (const check of RECONCILE_CHECKS)
      found += (await step.run(check.id, async () => runCheck(runId, check, await jobTime()))).found;
    await step.run("finish", async () => finishRun(runId, await jobTime()));
    return { runId, found };
  },
);
