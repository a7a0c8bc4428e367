import "server-only";
import { and, eq } from "drizzle-orm";
import type Stripe from "stripe";
import { asPlatform, asSystem, type Tx } from "@/db/access";
import { payments, refunds, topups } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { formatMicros, microsToCents } from "@/lib/money";
import { getStripe } from "@/lib/stripe/client";
import { isToAskAgain } from "@/lib/stripe/failures";
import { stripeKeys } from "@/lib/stripe/keys";
import { type Outgoing, sendOnce } from "@/lib/stripe/request";
import { applyRefunds, lowerCredit, restoreCredit } from "../apply-refund";
import { backBefore, type SettledPayment } from "../find-payment";
import type { RefundTopupInput } from "../input";
import { lockRefundable, type Refundable } from "../refundable";
import { STRIPE } from "../store";
import { taxOnCredit } from "../topup-tax";

type Bought = SettledPayment & { intentId: string | null };

async function findBought(tx: Tx, topupId: string): Promise<Bought> {
  const [row] = await tx
    .select({
      id: payments.id,
      tenantId: payments.tenantId,
      topupId: payments.topupId,
      invoiceId: payments.invoiceId,
      amountCents: payments.amountCents,
      taxCents: topups.taxCents,
      intentId: payments.stripePaymentIntentId,
    })
    .from(payments)
    .innerJoin(topups, and(eq(topups.tenantId, payments.tenantId), eq(topups.id, payments.topupId)))
    .where(and(eq(topups.id, topupId), eq(payments.status, "succeeded"), eq(payments.method, "card")))
    .for("update", { of: payments });
  if (!row) throw new AppError("not_found", "There is no payment by card behind this credit.");
  return row;
}

function checkRefund({ left, free, isFrozen }: Refundable, { amount }: RefundTopupInput): void {
  if (isFrozen) {
    throw new AppError("precondition", "The payment is under dispute: the bank decides.", {
      reason: "disputed",
    });
  }
  if (amount > left) {
    throw fieldError(
      "amount",
      `${formatMicros(left)} of this credit is left: what was spent is not given back.`,
    );
  }
  if (amount > free) {
    throw fieldError(
      "amount",
      `${formatMicros(free)} of this credit can be given back: the rest is owed, or set aside for work under way.`,
    );
  }
}

type Pending = { id: string; tenantId: string; amountCents: bigint; intentId: string };

function outgoing({ id, tenantId, amountCents, intentId }: Pending): Outgoing<Stripe.Refund> {
  const body: Stripe.RefundCreateParams = {
    payment_intent: intentId,
    amount: Number(amountCents),
    metadata: { refund_id: id, tenant_id: tenantId },
  };
  return {
    key: stripeKeys.refund(id),
    operation: "refund.create",
    body,
    tenantId,
    target: { type: "refund", id },
    send: (stripe, options) => stripe.refunds.create(body, options),
    get: (stripe, refundId) => stripe.refunds.retrieve(refundId),
    find: async (stripe) => {
      const { data } = await stripe.refunds.list({ payment_intent: intentId, limit: 100 });
      return data.find((one) => one.metadata?.refund_id === id) ?? null;
    },
  };
}

/** Stripe will not do it: the credit is given back. */
async function giveUp({ id, tenantId }: Pending, error: AppError): Promise<void> {
  await asSystem("refund", async (tx) => {
    const [row] = await tx
      .update(refunds)
      .set({ status: "failed" })
      .where(and(eq(refunds.tenantId, tenantId), eq(refunds.id, id), eq(refunds.status, "pending")))
      .returning({ id: refunds.id });
    if (!row) return;
    await audit(tx, STRIPE, {
      action: "refund.failed",
      targetType: "refund",
      targetId: id,
      tenantId,
      reason: error.message,
    });
    await restoreCredit(tx, tenantId, id);
  });
}

/**
 * Asks Stripe for a refund that is noted here, and applies the answer. Safe to repeat: a lost answer is found again.
 * @throws AppError `upstream`, `precondition` (`stripe_key_refused`; the refund stays pending and is asked for again by the sweep)
 */
export async function sendRefund(pending: Pending): Promise<void> {
  const { stripe } = await getStripe();
  try {
    const refund = await sendOnce(stripe, outgoing(pending));
    const intent = await stripe.paymentIntents.retrieve(pending.intentId);
    const applied = await asSystem("refund", (tx) => applyRefunds(tx, [refund], intent));
    await applied.afterwards?.();
  } catch (error) {
    if (error instanceof AppError && !isToAskAgain(error)) await giveUp(pending, error);
    throw error;
  }
}

/**
 * Gives unspent credit that was bought by card back to the card, with the tax on it; not what a debt or work under way
 * needs. The credit is lowered first, so that it cannot be spent while Stripe is asked; a refund that fails restores it.
 * The same click makes one refund.
 * @throws AppError `not_found`, `invalid` (more than is left, or free), `precondition` (`disputed`, `stripe_off`), `upstream`
 */
export async function refundTopup(
  scope: PlatformScope,
  input: RefundTopupInput,
): Promise<{ refundId: string }> {
  authorize(scope, "refund.create");
  await getStripe();
  const pending = await asPlatform(scope, async (tx) => {
    const bought = await findBought(tx, input.topupId);
    const creditCents = microsToCents(input.amount);
    const whole = { totalCents: bought.amountCents, taxCents: bought.taxCents };
    const taxCents = taxOnCredit(whole, await backBefore(tx, bought), creditCents);
    const amountCents = creditCents + taxCents;
    const own = {
      id: input.requestKey,
      tenantId: bought.tenantId,
      amountCents,
      intentId: bought.intentId ?? "",
    };
    const [known] = await tx
      .select({ amountCents: refunds.amountCents })
      .from(refunds)
      .where(and(eq(refunds.tenantId, bought.tenantId), eq(refunds.id, input.requestKey)));
    if (known) return { ...own, amountCents: known.amountCents };
    checkRefund(await lockRefundable(tx, bought.tenantId, input.topupId), input);
    await tx.insert(refunds).values({
      id: input.requestKey,
      tenantId: bought.tenantId,
      paymentId: bought.id,
      amountCents,
      taxCents,
      reason: input.reason,
      createdBy: scope.actor.kind === "user" ? scope.actor.userId : null,
    });
    await audit(tx, scope, {
      action: "refund.create",
      targetType: "refund",
      targetId: input.requestKey,
      tenantId: bought.tenantId,
      after: { amountCents: String(amountCents), taxCents: String(taxCents), topupId: input.topupId },
      reason: input.reason,
    });
    await lowerCredit(tx, bought, input.requestKey, input.amount);
    return own;
  });
  await sendRefund(pending);
  return { refundId: pending.id };
}
