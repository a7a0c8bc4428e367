import { eq } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { shiftClock } from "@/lib/clock";
import type { TestTenant } from "@/lib/testing/scopes";
import { getTrigger } from "./queries";
import { makeTrigger } from "./testing";

/** Every hour, with an input that fits. */
export const HOURLY = {
  cron: "0 * * * *",
  timeZone: "Europe/Berlin",
  input: { customer: "Ada", total: "3" },
};

/** Schedules, their times and their runs. @param scene whose, and of which workflow */
export function scheduling(scene: () => { readonly tenant: TestTenant; readonly workflowId: string }) {
  async function schedule(settings: Record<string, unknown> = {}): Promise<string> {
    return (
      await makeTrigger(scene().tenant.admin, scene().workflowId, "schedule", { ...HOURLY, ...settings })
    ).id;
  }

  /** Goes on to the schedule's next time, and so much further. */
  async function atNextTick(triggerId: string, furtherMs = 500): Promise<Date> {
    const { nextAt } = await getTrigger(scene().tenant.admin, triggerId);
    if (!nextAt) throw new Error("the schedule has no next time");
    shiftClock(nextAt.getTime() - Date.now() + furtherMs);
    return nextAt;
  }

  function runsOf(triggerId: string) {
    return asTenant(scene().tenant.admin, (tx) =>
      tx.select().from(executions).where(eq(executions.triggerId, triggerId)).orderBy(executions.id),
    );
  }

  return { schedule, atNextTick, runsOf };
}
