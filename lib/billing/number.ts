import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";

/** Invoices, statements of usage that is paid already, credit notes, payouts to partners. */
export type Series = "HB" | "ST" | "CN" | "PS";

/**
 * Gives a document the next number of its series and makes it final. The last statement before the commit: the series is
 * held until then, so nobody waits long, and a transaction that fails takes no number with it.
 */
export async function takeNumber(
  tx: Tx,
  series: Series,
  table: "invoices" | "credit_notes" | "partner_payouts",
  id: string,
  at: Date,
): Promise<string> {
  const { rows } = await tx.execute<{ number: string }>(
    sql`select app.take_number(${series}, ${table}, ${id}::uuid, ${at.toISOString()}::timestamptz) as number`,
  );
  const [row] = rows;
  if (!row) throw new Error("no number was given");
  return row.number;
}
