import { and, eq } from "drizzle-orm";
import type Stripe from "stripe";
import type { Tx } from "@/db/access";
import { payments } from "@/db/schema/payments";
import { isId } from "@/lib/ids";
import { applyIntent } from "./apply-intent";

export type SettledPayment = {
  id: string;
  tenantId: string;
  topupId: string | null;
  invoiceId: string | null;
  amountCents: bigint;
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
    })
    .from(payments)
    .where(and(eq(payments.tenantId, tenantId), eq(payments.id, id)));
  return payment ? { payment, afterwards: async () => afterwards?.() } : null;
}
