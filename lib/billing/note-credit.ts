import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { disputes, payments } from "@/db/schema/payments";
import { databaseTime } from "@/lib/clock";
import { type Micros, microsToNumeric } from "@/lib/money";
import { type CreditEntry, postCredit } from "@/lib/wallet/credit";
import { creditOfPayment, restoreForPaidDebts } from "./commission-back";

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
 * partners get back with that goes with the invoice's part that is credited. While a bank has the payment, what is left of it
 * is not spent. The wallet is locked from here on.
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
  const disputeId = await disputeOver(tx, tenantId, key);
  if (disputeId) await postCredit(tx, freezing(tenantId, disputeId, lotId));
}

/** The open dispute over the payment that this credit came of; null when a bank has none, or only asks. */
async function disputeOver(tx: Tx, tenantId: string, lotKey: string): Promise<string | null> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select d.id from ${disputes} d
    join ${payments} p on p.tenant_id = d.tenant_id and p.id = d.payment_id
    where d.tenant_id = ${tenantId}::uuid and d.status in ('needs_response', 'under_review')
      and ${lotKey}::text in ${creditOfPayment}
    limit 1`);
  return rows[0]?.id ?? null;
}

/** What keeps credit from being spent until a dispute is over. */
export function freezing(tenantId: string, disputeId: string, lotId: string): CreditEntry {
  const key = `dispute:${disputeId}:freeze:${lotId}`;
  return { tenantId, kind: "dispute", amount: 0n, key, facts: { lotId } };
}
