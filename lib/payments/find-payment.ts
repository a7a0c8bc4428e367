import { and, eq, ne, sql } from "drizzle-orm";
import type Stripe from "stripe";
import type { Tx } from "@/db/access";
import { disputes, payments, refunds, topups } from "@/db/schema/payments";
import { tryToSendNotes } from "@/lib/billing/commands/send-note";
import { isId } from "@/lib/ids";
import { applyIntent } from "./apply-intent";
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

/** The intent behind money that came back; null where there is none. */
export async function intentBehind(
  stripe: Stripe,
  intent: string | Stripe.PaymentIntent | null,
): Promise<Stripe.PaymentIntent | null> {
  return typeof intent === "string" ? stripe.paymentIntents.retrieve(intent) : intent;
}

/**
 * Our payment of an intent. That it was made is applied first: what takes money back may be told before what brought it.
 * @returns null when it is none of ours; `afterwards` is what applying it wants done after the commit
 */
export async function paymentBehind(
  tx: Tx,
  intent: Stripe.PaymentIntent,
): Promise<{ payment: SettledPayment; afterwards: () => Promise<void> } | null> {
  const { outcome, afterwards } = await applyIntent(tx, intent);
  const { payment_id: id, tenant_id: tenantId } = intent.metadata;
  if (outcome !== "done" || !isId(id) || !isId(tenantId)) return null;
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
    .where(and(eq(payments.tenantId, tenantId), eq(payments.id, id)));
  if (!payment) return null;
  const tell = async () => {
    await afterwards?.();
    await tryToSendNotes(tenantId);
  };
  return { payment, afterwards: tell };
}

/**
 * What has come back of a payment, or is on its way, by refunds and by disputes that were lost, but for the dispute that
 * is being applied. The caller holds the payment.
 */
export async function backBefore(
  tx: Tx,
  { tenantId, id }: SettledPayment,
  disputeId?: string,
): Promise<Taxed[]> {
  const given = await tx
    .select({ totalCents: refunds.amountCents, taxCents: refunds.taxCents })
    .from(refunds)
    .where(and(eq(refunds.tenantId, tenantId), eq(refunds.paymentId, id), ne(refunds.status, "failed")));
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
