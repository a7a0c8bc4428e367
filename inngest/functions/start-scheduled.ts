import { cron } from "inngest";
import { bringForward } from "@/lib/triggers/put-off";
import { type DueTick, findDueTicks, TICK_PAGE, type TickPlace } from "@/lib/triggers/sweep";
import { inngest } from "../client";
import { isPaused } from "../embedded";
import { scheduleDue } from "../events";
import { TICK_RUNNER } from "./run-tick";

const EVENTS_AT_ONCE = 200;

/** What operators hold is in the engine's queue: told of each minute, all of that would be in the way once it goes on. */
async function withoutHeld(ticks: readonly DueTick[]): Promise<readonly DueTick[]> {
  const held = new Set<string>();
  for (const tenantId of new Set(ticks.filter(({ isOverdue }) => isOverdue).map((tick) => tick.tenantId)))
    if (await isPaused(TICK_RUNNER, tenantId)) held.add(tenantId);
  return ticks.filter(({ isOverdue, tenantId }) => !isOverdue || !held.has(tenantId));
}

/** Where the page ended, as the engine keeps it; null for the last one. */
type Told = { told: number; last: { triggerId: string; tick: string } | null };

async function tellPage(after?: TickPlace): Promise<Told> {
  const due = await findDueTicks(after);
  const events = (await withoutHeld(due)).map(({ tenantId, triggerId, tick, eventId, tellAt }) =>
    scheduleDue.create(
      { tenantId, triggerId, tick: tick.toISOString() },
      { id: eventId, ts: tellAt.getTime() },
    ),
  );
  for (let from = 0; from < events.length; from += EVENTS_AT_ONCE)
    await inngest.send(events.slice(from, from + EVENTS_AT_ONCE));
  const last = due.length < TICK_PAGE ? undefined : due.at(-1);
  return {
    told: events.length,
    last: last ? { triggerId: last.triggerId, tick: last.tick.toISOString() } : null,
  };
}

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
    let ticks = 0;
    let place: Told["last"] = null;
    for (let page = 1; page === 1 || place; page += 1) {
      const after: TickPlace | undefined = place ? { ...place, tick: new Date(place.tick) } : undefined;
      const seen: Told = await step.run(`due-${page}`, () => tellPage(after));
      ticks += seen.told;
      place = seen.last;
    }
    // Last: nothing of it may keep what is due.
    await step.run("put-off", bringForward);
    return { ticks };
  },
);
