import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { payments } from "@/db/schema/payments";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { formatMicros } from "@/lib/money";
import { getStripe } from "@/lib/stripe/client";
import { stripeKeys } from "@/lib/stripe/keys";
import { sendOnce } from "@/lib/stripe/request";
import { browserKeys } from "../card-form";
import { ensureCustomer } from "../customer";
import type { StartTopupInput } from "../input";
import { intentOf } from "../intent";
import { noteIntent, savedCard } from "../payment-state";
import type { OrderedCredit, StartedPayment } from "../started-payment";
import { orderCredit, orderedCredit } from "../topup-order";

type Noted = OrderedCredit & { topupId: string; paymentId: string; method: string | null };

/** The top-up of a click, with its payment: found again when the click comes twice. */
async function noteTopup(tx: Tx, scope: TenantScope, input: StartTopupInput): Promise<Noted> {
  const { tenantId } = scope;
  const method = input.methodId ? await savedCard(tx, tenantId, input.methodId) : null;
  const { topup, isNew } = await orderCredit(tx, scope, input);
  const { totalCents } = topup;
  const requestKey = `topup:${input.requestKey}`;
  await tx
    .insert(payments)
    .values({
      tenantId,
      topupId: topup.id,
      method: "card",
      amountCents: totalCents,
      requestKey,
      paymentMethodId: input.methodId,
    })
    .onConflictDoNothing();
  const [payment] = await tx
    .select({ id: payments.id })
    .from(payments)
    .where(and(eq(payments.tenantId, tenantId), eq(payments.requestKey, requestKey)));
  if (!payment) throw new AppError("internal");
  if (isNew) {
    await audit(tx, scope, {
      action: "topup.start",
      targetType: "topup",
      targetId: topup.id,
      after: { amount: topup.amount, totalCents: String(totalCents), taxCents: String(topup.taxCents) },
    });
  }
  return { topupId: topup.id, paymentId: payment.id, method, ...orderedCredit(topup) };
}

/**
 * Begins to buy credit with a card. The browser pays; the credit is given when Stripe says that the money came, never
 * because a browser says so. The same click gives the same payment.
 * @throws AppError `precondition` (`stripe_off`, `no_subscription`), `not_found` for a card that is not this workspace's,
 * `conflict` (`request_changed`), `upstream`
 */
export async function startTopup(
  scope: TenantScope,
  input: StartTopupInput,
): Promise<StartedPayment & OrderedCredit> {
  authorize(scope, "billing.pay");
  const { stripe, settings } = await getStripe();
  const keys = browserKeys(settings);
  const customer = await ensureCustomer(stripe, scope);
  const noted = await asSystem("topup", (tx) => noteTopup(tx, scope, input));
  const { topupId, paymentId, method, creditCents, taxCents, taxNote, totalCents } = noted;
  const intent = await sendOnce(
    stripe,
    intentOf({
      key: stripeKeys.topup(topupId),
      tenantId: scope.tenantId,
      paymentId,
      topupId,
      amountCents: totalCents,
      customer,
      method,
      saveCard: input.saveCard,
      description: `${formatMicros(input.amount)} of credit`,
      isOffSession: false,
    }),
  );
  await noteIntent(intent);
  if (!intent.client_secret) throw new AppError("internal");
  return {
    ...keys,
    clientSecret: intent.client_secret,
    paymentId,
    savedMethod: method,
    status: intent.status,
    creditCents,
    taxCents,
    taxNote,
    totalCents,
  };
}

/**
 * Asks Stripe how a payment is, and applies it: what an event would do, without waiting for one.
 * @returns how far it is: `succeeded`, `processing`, `failed` and so on
 * @throws AppError `not_found`, `precondition` (`stripe_off`), `upstream`
 */
export async function refreshPayment(
  scope: TenantScope,
  { paymentId }: { paymentId: string },
): Promise<{ status: string; failure: string | null }> {
  authorize(scope, "billing.pay");
  return lookAtPayment(paymentId, scope);
}

/** The same for whoever may know of this payment, as the caller has made sure. */
export async function lookAtPayment(
  paymentId: string,
  scope: TenantScope,
): Promise<{ status: string; failure: string | null }> {
  const before = await paymentOf(scope, paymentId);
  if (before.intentId && before.status !== "succeeded") {
    const { stripe } = await getStripe();
    await noteIntent(await stripe.paymentIntents.retrieve(before.intentId));
  }
  const { status, failure } = await paymentOf(scope, paymentId);
  return { status, failure };
}

async function paymentOf({ tenantId }: TenantScope, paymentId: string) {
  const [row] = await asSystem("payment", (tx) =>
    tx
      .select({
        status: payments.status,
        intentId: payments.stripePaymentIntentId,
        failure: sql<string | null>`${payments.failureMessage}`,
      })
      .from(payments)
      .where(and(eq(payments.tenantId, tenantId), eq(payments.id, paymentId))),
  );
  if (!row) throw new AppError("not_found", "This payment does not exist.");
  return row;
}
