import { jobScope } from "@/lib/auth/scope";
import { runTick } from "@/lib/triggers/commands/run-tick";
import { inngest } from "../client";
import { scheduleDue } from "../events";

/** The engine's name of what starts the run of a tick. */
export const TICK_RUNNER = "run-tick";

/** Starts the run of one tick of a schedule. The schedule's row decides whether it is still to be started. */
export const runScheduleTick = inngest.createFunction(
  {
    id: TICK_RUNNER,
    name: "Start a scheduled run",
    triggers: [scheduleDue],
    retries: 3,
    concurrency: { key: "event.data.tenantId", limit: 4 },
  },
  async ({ event, step }) => {
    const { tenantId, triggerId, tick } = event.data;
    const outcome = await step.run("start", async () =>
      runTick(await jobScope(tenantId, "schedule"), triggerId, new Date(tick)),
    );
    return { outcome };
  },
);
