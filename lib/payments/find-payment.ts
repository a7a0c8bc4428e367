import { and, eq, ne, sql } from "drizzle-orm";
import type Stripe from "stripe";
import type { Tx } from "@/db/access";
import { disputes, payments, refunds, topups } from "@/db/schema/payments";
import { tryToSendNotes } from "@/lib/billing/commands/send-note";
import { isId } from "@/lib/ids";
import { applyIntent } from "./apply-intent";
import { applyInvoice } from "./collect/apply-invoice";
import { type SeenInvoice, seeInvoiceOfIntent } from "./collect/seen";
import type { Taxed } from "./topup-tax";

export type SettledPayment = {
  id: string;
  tenantId: string;
  topupId: string | null;
  invoiceId: string | null;
  amountCents: bigint;
  /** How much of it is tax, where it bought credit. */
  taxCents: bigint;
};

/** The intent behind money that came back. One that Stripe made for an invoice of its own bears no id of ours: that does. */
export type Behind = { intent: Stripe.PaymentIntent; invoice: SeenInvoice | null };

/** What is behind money that came back; null where there is no intent. */
export async function intentBehind(
  stripe: Stripe,
  found: string | Stripe.PaymentIntent | null,
): Promise<Behind | null> {
  const intent = typeof found === "string" ? await stripe.paymentIntents.retrieve(found) : found;
  if (!intent) return null;
  const isMarked = isId(intent.metadata.payment_id);
  return { intent, invoice: isMarked ? null : await seeInvoiceOfIntent(stripe, intent) };
}

/**
 * Our payment of an intent. That it was made is applied first: what takes money back may be told before what brought it.
 * @returns null when it is none of ours; `afterwards` is what applying it wants done after the commit
 */
export async function paymentBehind(
  tx: Tx,
  { intent, invoice }: Behind,
): Promise<{ payment: SettledPayment; afterwards: () => Promise<void> } | null> {
  const collected = invoice ? await applyInvoice(tx, invoice) : null;
  const { outcome, afterwards } = await applyIntent(tx, intent);
  if (outcome !== "done") return null;
  const [payment] = await tx
    .select({
      id: payments.id,
      tenantId: payments.tenantId,
      topupId: payments.topupId,
      invoiceId: payments.invoiceId,
      amountCents: payments.amountCents,
      taxCents: sql<bigint>`coalesce(${topups.taxCents}, 0)`.mapWith(BigInt),
    })
    .from(payments)
    .leftJoin(topups, and(eq(topups.tenantId, payments.tenantId), eq(topups.id, payments.topupId)))
    .where(eq(payments.stripePaymentIntentId, intent.id));
  if (!payment) return null;
  const tell = async () => {
    await collected?.afterwards?.();
    await afterwards?.();
    await tryToSendNotes(payment.tenantId);
  };
  return { payment, afterwards: tell };
}

/**
 * What has come back of a payment, or is on its way, by refunds and by disputes that were lost, but for the one that is
 * being applied. The caller holds the payment.
 */
export async function backBefore(
  tx: Tx,
  { tenantId, id }: SettledPayment,
  { disputeId, refundId }: { disputeId?: string; refundId?: string } = {},
): Promise<Taxed[]> {
  const given = await tx
    .select({ totalCents: refunds.amountCents, taxCents: refunds.taxCents })
    .from(refunds)
    .where(
      and(
        eq(refunds.tenantId, tenantId),
        eq(refunds.paymentId, id),
        ne(refunds.status, "failed"),
        refundId ? ne(refunds.id, refundId) : undefined,
      ),
    );
  const taken = await tx
    .select({ totalCents: disputes.amountCents, taxCents: disputes.taxCents })
    .from(disputes)
    .where(
      and(
        eq(disputes.tenantId, tenantId),
        eq(disputes.paymentId, id),
        eq(disputes.status, "lost"),
        disputeId ? ne(disputes.id, disputeId) : undefined,
      ),
    );
  return [...given, ...taken];
}

/** What is kept of a payment, after all that went back for good; nothing where more went back than was paid. */
export async function keptOf(
  tx: Tx,
  { tenantId, id, amountCents, taxCents }: SettledPayment,
): Promise<Taxed> {
  const { rows } = await tx.execute<{ total: string; tax: string }>(sql`
    select coalesce(sum(amount_cents), 0)::text as total, coalesce(sum(tax_cents), 0)::text as tax from (
      select amount_cents, tax_cents from ${refunds}
      where tenant_id = ${tenantId}::uuid and payment_id = ${id}::uuid and status = 'succeeded'
      union all
      select amount_cents, tax_cents from ${disputes}
      where tenant_id = ${tenantId}::uuid and payment_id = ${id}::uuid and status = 'lost') back`);
  const left = (whole: bigint, back = "0") => (whole > BigInt(back) ? whole - BigInt(back) : 0n);
  return { totalCents: left(amountCents, rows[0]?.total), taxCents: left(taxCents, rows[0]?.tax) };
}
