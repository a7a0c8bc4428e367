import { cron } from "inngest";
import { bringForward } from "@/lib/triggers/put-off";
import { findDueTicks } from "@/lib/triggers/sweep";
import { inngest } from "../client";
import { scheduleDue } from "../events";

const EVENTS_AT_ONCE = 200;

/**
 * Each minute: tells of every tick that comes before the next look, at its own time, and again of those that should
 * have been. A tick told of twice starts once.
 */
export const startScheduled = inngest.createFunction(
  {
    id: "start-scheduled",
    name: "Start schedules",
    triggers: [cron("* * * * *")],
    retries: 1,
    concurrency: 1,
  },
  async ({ step }) => {
    const ticks = await step.run("due", async () =>
      (await findDueTicks()).map(({ tick, eventId, tellAt, ...target }) => ({
        data: { ...target, tick: tick.toISOString() },
        id: eventId,
        ts: tellAt.getTime(),
      })),
    );
    for (let from = 0; from < ticks.length; from += EVENTS_AT_ONCE) {
      const events = ticks
        .slice(from, from + EVENTS_AT_ONCE)
        .map(({ data, id, ts }) => scheduleDue.create(data, { id, ts }));
      await step.sendEvent(`ticks-${from}`, events);
    }
    // Last: nothing of it may keep what is due.
    await step.run("put-off", bringForward);
    return { ticks: ticks.length };
  },
);
