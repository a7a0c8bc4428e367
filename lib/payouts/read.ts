import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import { commissionEvents, partnerPayouts, payoutItems } from "@/db/schema/partner-money";
import { ledgerFunding } from "@/db/schema/wallets";
import { type Party, readParty } from "@/lib/billing/party";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import type { PayoutStatus } from "./rules";

export type PayoutSummary = {
  id: string;
  /** Null while it is a draft. */
  number: string | null;
  partnerId: string;
  partnerName: string;
  status: PayoutStatus;
  periodStart: Date;
  periodEnd: Date;
  amountCents: bigint;
  reversedCents: bigint;
  heldReason: string | null;
  failure: string | null;
  method: string | null;
  reference: string | null;
  paidAt: Date | null;
};

/** What one customer's earnings of one kind come to. */
export type PayoutLine = {
  /** A key of `LINE_KINDS`. */
  kind: string;
  tenantId: string | null;
  /** Null for a customer that is this partner's no more. */
  tenantName: string | null;
  /** Why, where a person or an earlier payout is behind it. */
  note: string | null;
  entries: number;
  amount: string;
};

/** What a line is for, as people read it. */
export const describeLine = ({ kind, note }: Pick<PayoutLine, "kind" | "note">): string =>
  [LINE_KINDS[kind] ?? kind, ...(note ? [note] : [])].join(": ");

export type PayoutView = PayoutSummary & {
  gross: string;
  carryIn: string;
  carryOut: string;
  approvedAt: Date | null;
  sentAt: Date | null;
  payee: Party;
  lines: PayoutLine[];
};

/** What a payout is made of, as people call it. */
const LINE_KINDS: Readonly<Record<string, string>> = {
  usage: "Usage paid for with credit",
  promotion: "Promotions you gave",
  correction: "Corrected usage",
  invoice_paid: "Invoices paid",
  invoice_refunded: "Refunds and credit notes",
  topup_refunded: "Credit refunded after use",
  dispute_lost: "Disputes lost",
  dispute_won: "Disputes won",
  debt_paid: "Taken back before, and paid since",
  transfer_reversed: "Came back of an earlier payout",
  adjustment: "Adjustment",
};

export const PAYOUT_SUMMARY = {
  id: partnerPayouts.id,
  number: partnerPayouts.number,
  partnerId: partnerPayouts.partnerId,
  partnerName: partners.name,
  status: sql<PayoutStatus>`${partnerPayouts.status}`,
  periodStart: partnerPayouts.periodStart,
  periodEnd: partnerPayouts.periodEnd,
  amountCents: partnerPayouts.amountCents,
  reversedCents: partnerPayouts.reversedCents,
  heldReason: partnerPayouts.heldReason,
  failure: partnerPayouts.failure,
  method: partnerPayouts.method,
  reference: partnerPayouts.reference,
  paidAt: partnerPayouts.paidAt,
} as const;

const KIND = sql<string>`coalesce(${commissionEvents.kind}, case when ${ledgerFunding.payable} >= 0 then 'usage'
  when ${ledgerFunding.source} = 'promo' then 'promotion' else 'correction' end)`;

/**
 * One payout with what it is made of, by customer.
 * @throws AppError `not_found`
 */
export async function readPayout(tx: Tx, payoutId: string, mine?: SQL): Promise<PayoutView> {
  const unknown = () => new AppError("not_found", "This payout does not exist.");
  if (!isId(payoutId)) throw unknown();
  const [row] = await tx
    .select({
      ...PAYOUT_SUMMARY,
      gross: partnerPayouts.gross,
      carryIn: partnerPayouts.carryIn,
      carryOut: partnerPayouts.carryOut,
      approvedAt: partnerPayouts.approvedAt,
      sentAt: partnerPayouts.sentAt,
      payee: partnerPayouts.payee,
    })
    .from(partnerPayouts)
    .innerJoin(partners, eq(partners.id, partnerPayouts.partnerId))
    .where(and(eq(partnerPayouts.id, payoutId), mine));
  if (!row) throw unknown();
  const tenantId = sql<string | null>`coalesce(${ledgerFunding.tenantId}, ${commissionEvents.tenantId})`;
  const lines = await tx
    .select({
      kind: KIND,
      tenantId,
      tenantName: sql<string | null>`max(${tenants.name})`,
      note: commissionEvents.reason,
      entries: sql<number>`count(*)::int`,
      amount: sql<string>`sum(${payoutItems.amount})::numeric(18,6)`,
    })
    .from(payoutItems)
    .leftJoin(ledgerFunding, eq(ledgerFunding.id, payoutItems.fundingId))
    .leftJoin(commissionEvents, eq(commissionEvents.id, payoutItems.commissionEventId))
    .leftJoin(tenants, sql`${tenants.id} = ${tenantId}`)
    .where(and(eq(payoutItems.partnerId, row.partnerId), eq(payoutItems.payoutId, payoutId)))
    .groupBy(sql`1`, sql`2`, sql`4`)
    .orderBy(sql`3 nulls last`, sql`1`, sql`4`);
  const { payee, ...rest } = row;
  const name = typeof payee === "object" && payee && "name" in payee ? String(payee.name) : row.partnerName;
  return { ...rest, payee: readParty(payee, name), lines };
}
