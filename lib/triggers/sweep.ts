import "server-only";
import { and, asc, desc, eq, gt, inArray, isNotNull, lt, or, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { triggerDeliveries, workflowTriggers } from "@/db/schema/triggers";
import { purgeInBatches } from "@/lib/purge";
import type { TriggerKind } from "./input";

/** A tick whose time has come or comes within the next minute or so, and under which name and when it is told of. */
export type DueTick = {
  readonly tenantId: string;
  readonly triggerId: string;
  readonly tick: Date;
  readonly eventId: string;
  readonly tellAt: Date;
  /** It was told of before. */
  readonly isOverdue: boolean;
};

/** Where a page of them ended. */
export type TickPlace = Pick<DueTick, "tick" | "triggerId">;

export const TICK_PAGE = 2_000;
/** Further than to the next look, so that none falls between two. */
const AHEAD = sql`interval '75 seconds'`;
/** From then on a tick was sent before, and what came of it is lost: it is sent again, each minute. */
const OVERDUE_MS = 45_000;

/**
 * The ticks that are due now or before the next look, soonest first, a page of them. Thousands may have one time, or be held
 * by operators and stay due.
 * @param after the last one of the page before
 */
export async function findDueTicks(after?: TickPlace): Promise<DueTick[]> {
  const { id, nextAt } = workflowTriggers;
  const rows = await asSystem("due-schedules", (tx) =>
    tx
      .select({
        tenantId: workflowTriggers.tenantId,
        triggerId: id,
        tick: nextAt,
        // The database says what is due, so its clock says how late it is: this process's may be off.
        now: sql<Date>`now()`.mapWith(workflowTriggers.createdAt),
      })
      .from(workflowTriggers)
      .where(
        and(
          eq(workflowTriggers.isActive, true),
          isNotNull(nextAt),
          lt(nextAt, sql`now() + ${AHEAD}`),
          after && or(gt(nextAt, after.tick), and(eq(nextAt, after.tick), gt(id, after.triggerId))),
        ),
      )
      .orderBy(asc(nextAt), asc(id))
      .limit(TICK_PAGE),
  );
  return rows.flatMap(({ tick, now, ...row }) =>
    tick ? [{ ...row, tick, ...telling(row, tick, now) }] : [],
  );
}

function telling({ triggerId }: { triggerId: string }, tick: Date, now: Date) {
  const id = `tick:${triggerId}:${tick.toISOString()}`;
  const isOverdue = now.getTime() - tick.getTime() > OVERDUE_MS;
  return {
    eventId: isOverdue ? `${id}:${Math.floor(now.getTime() / 60_000)}` : id,
    tellAt: tick > now ? tick : now,
    isOverdue,
  };
}

/** A schedule that did something, or was changed, at a time that is yet to come: the database's clock was ahead. */
export type WrittenLater = { readonly tenantId: string; readonly triggerId: string };

/** A delivery beside its trigger. */
const isOfTrigger = and(
  eq(triggerDeliveries.tenantId, workflowTriggers.tenantId),
  eq(triggerDeliveries.triggerId, workflowTriggers.id),
);

const LATER = sql`now() + interval '1 minute'`;
const LATER_BATCH = 500;

/** Such schedules, those first whose next time is furthest off. */
export function findWrittenLater(): Promise<WrittenLater[]> {
  return asSystem("due-schedules", (tx) => {
    const delivered = tx
      .select({ id: triggerDeliveries.id })
      .from(triggerDeliveries)
      .where(and(isOfTrigger, gt(triggerDeliveries.createdAt, LATER)));
    return tx
      .select({ tenantId: workflowTriggers.tenantId, triggerId: workflowTriggers.id })
      .from(workflowTriggers)
      .where(
        and(
          eq(workflowTriggers.isActive, true),
          isNotNull(workflowTriggers.nextAt),
          or(gt(workflowTriggers.updatedAt, LATER), sql`exists (${delivered})`),
        ),
      )
      .orderBy(desc(workflowTriggers.nextAt))
      .limit(LATER_BATCH);
  });
}

/** How long what came of a delivery is kept: as long as the same one must not start a run again. */
const KEPT_DAYS = { webhook: 7, form: 7, schedule: 90 } as const satisfies Record<TriggerKind, number>;

/** Deletes deliveries that are older than they are kept. @returns how many there were */
export async function purgeDeliveries(): Promise<number> {
  let purged = 0;
  for (const [kind, days] of Object.entries(KEPT_DAYS)) {
    purged += await purgeInBatches((most) => deleteOlder(kind, days, most));
  }
  return purged;
}

/** Trigger by trigger, so that what others keep for longer is not read over and over. */
function deleteOlder(kind: string, days: number, most: number): Promise<number> {
  return asSystem("purge-deliveries", async (tx) => {
    const ofTrigger = tx
      .select({ id: triggerDeliveries.id })
      .from(triggerDeliveries)
      .where(
        and(isOfTrigger, lt(triggerDeliveries.createdAt, sql`now() - ${days}::float8 * interval '1 day'`)),
      )
      .limit(most)
      .as("of_trigger");
    const old = tx
      .select({ id: ofTrigger.id })
      .from(workflowTriggers)
      .crossJoinLateral(ofTrigger)
      .where(eq(workflowTriggers.kind, kind))
      .limit(most);
    const rows = await tx
      .delete(triggerDeliveries)
      .where(inArray(triggerDeliveries.id, old))
      .returning({ id: triggerDeliveries.id });
    return rows.length;
  });
}
