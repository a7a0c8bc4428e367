import "server-only";
import { and, asc, eq, exists, inArray, isNotNull, lt, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { triggerDeliveries, workflowTriggers } from "@/db/schema/triggers";

/** A tick whose time has come or comes within the next minute or so. */
export type DueTick = { readonly tenantId: string; readonly triggerId: string; readonly tick: Date };

const BATCH = 2_000;
/** Further than to the next look, so that none falls between two. */
const AHEAD = sql`interval '75 seconds'`;

/** The ticks that are due now or before the next look, soonest first. */
export async function findDueTicks(): Promise<DueTick[]> {
  const rows = await asSystem("due-schedules", (tx) =>
    tx
      .select({
        tenantId: workflowTriggers.tenantId,
        triggerId: workflowTriggers.id,
        tick: workflowTriggers.nextAt,
      })
      .from(workflowTriggers)
      .where(
        and(
          eq(workflowTriggers.isActive, true),
          isNotNull(workflowTriggers.nextAt),
          lt(workflowTriggers.nextAt, sql`now() + ${AHEAD}`),
        ),
      )
      .orderBy(asc(workflowTriggers.nextAt))
      .limit(BATCH),
  );
  return rows.flatMap(({ tick, ...row }) => (tick ? [{ ...row, tick }] : []));
}

/** How long what came of a delivery is kept: as long as the same one must not start a run again. */
const KEPT_DAYS = { webhook: 7, form: 7, schedule: 90 } as const;
const PURGE_BATCH = 5_000;

/** Deletes deliveries that are older than they are kept. @returns how many there were */
export async function purgeDeliveries(): Promise<number> {
  let purged = 0;
  for (const [kind, days] of Object.entries(KEPT_DAYS)) purged += await purgeKind(kind, days);
  return purged;
}

async function purgeKind(kind: string, days: number): Promise<number> {
  return asSystem("purge-deliveries", async (tx) => {
    const ofKind = exists(
      tx
        .select({ id: workflowTriggers.id })
        .from(workflowTriggers)
        .where(and(eq(workflowTriggers.id, triggerDeliveries.triggerId), eq(workflowTriggers.kind, kind))),
    );
    const old = tx
      .select({ id: triggerDeliveries.id })
      .from(triggerDeliveries)
      .where(and(lt(triggerDeliveries.createdAt, sql`now() - ${days}::float8 * interval '1 day'`), ofKind))
      .limit(PURGE_BATCH);
    const rows = await tx
      .delete(triggerDeliveries)
      .where(inArray(triggerDeliveries.id, old))
      .returning({ id: triggerDeliveries.id });
    return rows.length;
  });
}
