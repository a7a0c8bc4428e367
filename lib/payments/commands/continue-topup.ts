import "server-only";
import { and, eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { payments, topups } from "@/db/schema/payments";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { getStripe } from "@/lib/stripe/client";
import { browserKeys } from "../card-form";
import type { ContinueTopupInput } from "../input";
import { noteIntent, savedCard } from "../payment-state";
import type { StartedPayment } from "../started-payment";
import { topupNotFound } from "../topup-queries";

const over = () =>
  new AppError("precondition", "This payment is over. Begin another one.", { reason: "nothing_due" });

/**
 * Goes on with a top-up that was begun and not paid, by a program or in a tab that was closed: the same payment, whoever
 * pays it.
 * @throws AppError `not_found`, also for a card that is not this workspace's; `precondition` (`nothing_due`, `stripe_off`);
 * `upstream`
 */
export async function continueTopup(
  scope: TenantScope,
  { topupId, methodId }: ContinueTopupInput,
): Promise<StartedPayment> {
  authorize(scope, "billing.pay");
  const { tenantId } = scope;
  const { topup, method } = await asSystem("topup", async (tx) => {
    const [row] = await tx
      .select({
        status: topups.status,
        kind: topups.kind,
        paymentId: payments.id,
        intentId: payments.stripePaymentIntentId,
      })
      .from(topups)
      .leftJoin(payments, and(eq(payments.tenantId, topups.tenantId), eq(payments.topupId, topups.id)))
      .where(and(eq(topups.tenantId, tenantId), eq(topups.id, topupId)));
    if (!row) throw topupNotFound();
    return { topup: row, method: methodId ? await savedCard(tx, tenantId, methodId) : null };
  });
  const { paymentId, intentId } = topup;
  if (topup.kind !== "manual" || topup.status !== "pending" || !paymentId || !intentId) throw over();
  const { stripe, settings } = await getStripe();
  const keys = browserKeys(settings);
  const intent = await stripe.paymentIntents.retrieve(intentId);
  await noteIntent(intent);
  if (intent.status === "succeeded" || intent.status === "canceled" || !intent.client_secret) throw over();
  return {
    ...keys,
    clientSecret: intent.client_secret,
    paymentId,
    savedMethod: method,
    status: intent.status,
  };
}
