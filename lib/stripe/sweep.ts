import "server-only";
import { and, asc, eq, lt, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { stripeEvents } from "@/db/schema/stripe";
import { processEvent } from "./process";

const BATCH = 200;

/** Events that wait for half a minute or longer: they were not told to the engine, or could not be applied. */
export async function waitingEvents(): Promise<string[]> {
  const rows = await asSystem("sweep-stripe", (tx) =>
    tx
      .select({ id: stripeEvents.id })
      .from(stripeEvents)
      .where(
        and(
          eq(stripeEvents.status, "received"),
          lt(stripeEvents.receivedAt, sql`now() - interval '30 seconds'`),
        ),
      )
      .orderBy(asc(stripeEvents.attempts), asc(stripeEvents.receivedAt))
      .limit(BATCH),
  );
  return rows.map((row) => row.id);
}

/** So many at once: Stripe answers 25 calls a second in a sandbox. */
const AT_ONCE = 4;

/** Applies events that wait, a few at a time; what fails waits on. @returns how many were applied */
export async function applyWaiting(eventIds: readonly string[]): Promise<number> {
  let applied = 0;
  for (let at = 0; at < eventIds.length; at += AT_ONCE) {
    const ends = await Promise.allSettled(eventIds.slice(at, at + AT_ONCE).map((id) => processEvent(id)));
    applied += ends.filter((end) => end.status === "fulfilled" && end.value !== "later").length;
  }
  return applied;
}
