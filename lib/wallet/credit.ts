import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { databaseTime } from "@/lib/clock";
import { type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";

/** Credit that comes in or goes out beside usage. The same key is posted once. */
export type CreditEntry = {
  readonly tenantId: string;
  readonly kind:
    | "grant"
    | "topup"
    | "refund"
    | "expiry"
    | "dispute"
    | "dispute_won"
    | "invoice_payment"
    | "adjustment";
  /** What a grant or a top-up makes. */
  readonly source?: "plan" | "promo" | "paid";
  /** Less than nothing takes away. A dispute of nothing freezes its lot. */
  readonly amount: Micros;
  readonly key: string;
  readonly facts?: {
    readonly lotId?: string;
    readonly expiresAt?: Date | null;
    readonly paidBy?: "platform" | "partner";
    readonly partnerId?: string | null;
    readonly topupId?: string;
    readonly subscriptionId?: string;
    readonly invoiceId?: string;
    readonly creditNoteId?: string;
    readonly reason?: string;
    /** The person behind it. */
    readonly by?: string | null;
  };
};

export type PostedCredit = {
  readonly lotId: string | null;
  /** False when the key was posted before: nothing changed. */
  readonly isNew: boolean;
  readonly balance: Micros;
  readonly available: Micros;
};

/**
 * Posts it to the tenant's wallet, the last thing a transaction locks. A top-up first pays usage that is owed and on no
 * invoice. After the commit of what adds money, `creditWasAdded` is due. Needs a transaction of the system or the platform.
 * @throws SQLSTATE `HB404` without a wallet or lot, `23514` for more than is left of a lot
 */
export async function postCredit(tx: Tx, entry: CreditEntry): Promise<PostedCredit> {
  const { expiresAt, ...facts } = entry.facts ?? {};
  const known = { ...facts, ...(expiresAt ? { expiresAt: expiresAt.toISOString() } : {}) };
  const { rows } = await tx.execute<{
    lot_id: string | null;
    is_new: boolean;
    balance: string;
    available: string;
  }>(
    sql`select * from app.post_credit(${entry.tenantId}::uuid, ${entry.kind}, ${entry.source ?? "paid"},
      ${microsToNumeric(entry.amount)}::numeric, ${entry.key}, ${JSON.stringify(known)}::jsonb, ${databaseTime()})`,
  );
  const [row] = rows;
  if (!row) throw new Error("posting credit gave nothing");
  return {
    lotId: row.lot_id,
    isNew: row.is_new,
    balance: microsFromNumeric(row.balance),
    available: microsFromNumeric(row.available),
  };
}
