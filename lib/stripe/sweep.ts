import "server-only";
import { and, asc, eq, lt, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { stripeEvents } from "@/db/schema/stripe";

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
