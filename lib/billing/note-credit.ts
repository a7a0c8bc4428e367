import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { databaseTime } from "@/lib/clock";
import { type Micros, microsToNumeric } from "@/lib/money";
import { postCredit } from "@/lib/wallet/credit";
import { restoreForPaidDebts } from "./commission-back";

/** What a credit note gives instead of money. */
export type NoteCredit = {
  readonly tenantId: string;
  readonly creditNoteId: string;
  readonly invoiceId?: string;
  readonly amount: Micros;
  /** Once for a key. */
  readonly key: string;
  readonly reason: string;
  readonly at: Date;
};

const PAYING = "It pays what was taken back after it was spent";

/**
 * Gives it as bought credit. First it pays what was taken back of money, as when a bank had this invoice's payment: what
 * partners get back with that goes with the invoice's part that is credited. The wallet is locked from here on.
 */
export async function giveNoteCredit(tx: Tx, given: NoteCredit): Promise<void> {
  const { tenantId, amount, key, at, ...facts } = given;
  const grant = { tenantId, kind: "grant", source: "paid", amount, key, facts } as const;
  const { lotId, isNew } = await postCredit(tx, grant);
  if (!isNew || !lotId) return;
  const { rows } = await tx.execute<{ lot_key: string | null }>(sql`
    select app.pay_taken(${tenantId}::uuid, ${lotId}::uuid, ${microsToNumeric(amount)}::numeric, ${`${key}:paying`},
      ${JSON.stringify({ ...facts, reason: PAYING })}::jsonb, ${databaseTime()}) as lot_key`);
  const lotKey = rows[0]?.lot_key;
  if (lotKey) await restoreForPaidDebts(tx, { tenantId, lotKey, at });
}
