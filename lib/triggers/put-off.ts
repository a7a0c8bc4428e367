import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { workflowTriggers } from "@/db/schema/triggers";
import { jobScope } from "@/lib/auth/scope";
import { log } from "@/lib/log";
import { nextTick } from "./schedule";
import { loadTriggerNow, triggerIs } from "./store";
import { findWrittenLater, type WrittenLater } from "./sweep";

/**
 * Brings forward what went on to a later time while the database's clock was ahead: it would start nothing until then. What
 * was changed then is taken to be changed now: until that time its failures would not count. Times that started meanwhile are
 * not started once more. One that cannot be brought forward keeps none of the others from it.
 * @returns how many schedules there were
 */
export async function bringForward(): Promise<number> {
  let brought = 0;
  for (const found of await findWrittenLater()) {
    const isBrought = await bringOne(found).catch((error: unknown) => {
      log.error(
        { err: error, ...found },
        "a schedule was not brought forward and is tried again in a minute",
      );
      return false;
    });
    if (isBrought) brought += 1;
  }
  return brought;
}

async function bringOne({ tenantId, triggerId }: WrittenLater): Promise<boolean> {
  const scope = await jobScope(tenantId, "schedule");
  return asWorker(scope, async (tx) => {
    const { trigger, now } = await loadTriggerNow(tx, scope, triggerId);
    if (trigger.kind !== "schedule" || !trigger.nextAt) return false;
    const { cron, timeZone } = trigger.config;
    const first = nextTick(cron, timeZone, now);
    const nextAt = first && first < trigger.nextAt ? first : trigger.nextAt;
    if (nextAt === trigger.nextAt && trigger.updatedAt <= now) return false;
    const moved = await tx
      .update(workflowTriggers)
      .set({ nextAt, updatedAt: sql`least(${workflowTriggers.updatedAt}, now())` })
      .where(and(triggerIs(scope, triggerId), eq(workflowTriggers.nextAt, trigger.nextAt)))
      .returning({ id: workflowTriggers.id });
    return moved.length > 0;
  });
}
