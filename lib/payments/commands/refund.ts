import "server-only";
import { and, eq } from "drizzle-orm";
import type Stripe from "stripe";
import { asPlatform, asSystem } from "@/db/access";
import { refunds } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { microsToCents } from "@/lib/money";
import { getStripe } from "@/lib/stripe/client";
import { isToAskAgain } from "@/lib/stripe/failures";
import { stripeKeys } from "@/lib/stripe/keys";
import { type Outgoing, sendOnce } from "@/lib/stripe/request";
import { applyRefunds, restoreCredit } from "../apply-refund";
import { beginRefund, lockBought } from "../begin-refund";
import { intentBehind } from "../find-payment";
import type { RefundTopupInput } from "../refund-input";
import { STRIPE } from "../store";

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

/** As a rule Stripe knows of money that went back and was not heard of here yet. */
function refused(cause: AppError): AppError {
  if (cause.code !== "internal") return cause;
  const message =
    "Stripe refuses this refund, most likely because more of the payment went back there already or a bank is taking it back. Nothing was refunded. Load the page again.";
  return new AppError("conflict", message, { reason: "refund_refused", cause });
}

/** One that failed gave the credit back: asked for again, the money would go back beside it. */
async function requireAlive({ id, tenantId }: Pending): Promise<void> {
  const [row] = await asSystem("refund", (tx) =>
    tx
      .select({ status: refunds.status })
      .from(refunds)
      .where(and(eq(refunds.tenantId, tenantId), eq(refunds.id, id))),
  );
  if (row?.status === "failed")
    throw new AppError("conflict", "This refund has failed, and the credit is back. Load the page again.", {
      reason: "refund_failed",
    });
}

/**
 * Asks Stripe for a refund that is noted here, and applies the answer. Safe to repeat: a lost answer is found again.
 * @throws AppError `conflict` (`refund_failed`; `refund_refused` by Stripe), `upstream`, `precondition` (`stripe_key_refused`; the refund stays pending and is asked for again by the sweep)
 */
export async function sendRefund(pending: Pending): Promise<void> {
  await requireAlive(pending);
  const { stripe } = await getStripe();
  try {
    const refund = await sendOnce(stripe, outgoing(pending));
    const behind = await intentBehind(stripe, pending.intentId);
    const applied = await asSystem("refund", (tx) => applyRefunds(tx, [refund], behind));
    await applied.afterwards?.();
  } catch (error) {
    if (!(error instanceof AppError) || isToAskAgain(error)) throw error;
    await giveUp(pending, error);
    throw refused(error);
  }
}

/**
 * Gives unspent credit that was bought by card back to the card, with the tax on it; not what a debt or work under way
 * needs. The credit is lowered first, so that it cannot be spent while Stripe is asked; a refund that fails restores it.
 * The same click makes one refund.
 * @throws AppError `not_found`, `invalid` (more than is left, or free), `precondition` (`disputed`, `stripe_off`), `conflict`
 * (`request_changed`; `refund_failed`; `refund_refused`), `upstream`
 */
export async function refundTopup(
  scope: PlatformScope,
  input: RefundTopupInput,
): Promise<{ refundId: string }> {
  authorize(scope, "refund.create");
  await getStripe();
  const { topupId, requestKey, reason, amount } = input;
  const pending = await asPlatform(scope, async (tx) => {
    const bought = await lockBought(tx, topupId, "card");
    const asked = { topupId, requestKey, reason, creditCents: microsToCents(amount) };
    const { refundId, totalCents } = await beginRefund(tx, scope, bought, asked);
    return {
      id: refundId,
      tenantId: bought.tenantId,
      amountCents: totalCents,
      intentId: bought.intentId ?? "",
    };
  });
  await sendRefund(pending);
  return { refundId: pending.id };
}
