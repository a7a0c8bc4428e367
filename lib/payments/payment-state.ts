import "server-only";
import { and, eq } from "drizzle-orm";
import type Stripe from "stripe";
import { asSystem, type Tx } from "@/db/access";
import { paymentMethods } from "@/db/schema/payments";
import { AppError } from "@/lib/errors";
import { applyIntent } from "./apply-intent";

/** What a saved card is called at Stripe; null when it was taken away. */
export async function findCard(tx: Tx, tenantId: string, methodId: string): Promise<string | null> {
  const [row] = await tx
    .select({ stripeId: paymentMethods.stripePaymentMethodId })
    .from(paymentMethods)
    .where(
      and(
        eq(paymentMethods.tenantId, tenantId),
        eq(paymentMethods.id, methodId),
        eq(paymentMethods.status, "active"),
      ),
    );
  return row?.stripeId ?? null;
}

/** The same of a card that must be there. @throws AppError `not_found` */
export async function savedCard(tx: Tx, tenantId: string, methodId: string): Promise<string> {
  const stripeId = await findCard(tx, tenantId, methodId);
  if (!stripeId) throw new AppError("not_found", "This card is not saved here.");
  return stripeId;
}

/** Notes which intent a payment has, and how far it is. */
export async function noteIntent(intent: Stripe.PaymentIntent): Promise<void> {
  const applied = await asSystem("payment", (tx) => applyIntent(tx, intent));
  await applied.afterwards?.();
}
