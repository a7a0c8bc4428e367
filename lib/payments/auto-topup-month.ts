import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { topups } from "@/db/schema/payments";
import { databaseTime } from "@/lib/clock";
import { type Micros, microsFromNumeric } from "@/lib/money";

/** How much credit was bought without anybody in this UTC month, payments under way and those that a bank took back included. */
export async function boughtAlone(tx: Tx, tenantId: string): Promise<Micros> {
  const [sum] = await tx
    .select({ bought: sql<string>`coalesce(sum(${topups.amount}), 0)::numeric(18,6)` })
    .from(topups)
    .where(
      and(
        eq(topups.tenantId, tenantId),
        eq(topups.kind, "auto"),
        eq(topups.month, sql`to_char(${databaseTime()} at time zone 'UTC', 'YYYY-MM')`),
        inArray(topups.status, ["pending", "paid", "disputed"]),
      ),
    );
  return microsFromNumeric(sum?.bought ?? "0");
}
