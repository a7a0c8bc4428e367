import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { payments, refunds } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { PAYMENT_METHODS } from "@/lib/billing/input";
import { AppError } from "@/lib/errors";
import type { SettleRefundInput } from "../refund-input";

/**
 * Records that the money of a refund was sent, which its credit note had promised: of an invoice that was not paid through
 * Stripe, which sends it by itself otherwise. Recording it again changes nothing, and another transfer is none of it.
 * @throws AppError `not_found`; `conflict`, reasons `sent_by_stripe`, `refund_failed`, `settled_already`
 */
export async function settleRefund(
  scope: PlatformScope,
  { refundId, method, reference }: SettleRefundInput,
): Promise<{ refundId: string }> {
  authorize(scope, "refund.create");
  return asPlatform(scope, async (tx) => {
    const refund = await lockRefund(tx, refundId);
    if (refund.isStripes)
      throw new AppError("conflict", "Stripe sends this refund, and tells when it has arrived.", {
        reason: "sent_by_stripe",
      });
    if (refund.status === "failed")
      throw new AppError("conflict", "This refund has failed: nothing is to be sent.", {
        reason: "refund_failed",
      });
    const sent = `${PAYMENT_METHODS[method]}: ${reference}`;
    if (refund.status === "succeeded") {
      if (refund.reference === sent) return { refundId };
      throw new AppError("conflict", `This refund is noted already, as “${refund.reference}”.`, {
        reason: "settled_already",
      });
    }
    await tx
      .update(refunds)
      .set({ status: "succeeded", reference: sent, updatedAt: sql`now()` })
      .where(and(eq(refunds.tenantId, refund.tenantId), eq(refunds.id, refundId)));
    await audit(tx, scope, {
      action: "refund.settle",
      targetType: "refund",
      targetId: refundId,
      tenantId: refund.tenantId,
      before: { status: refund.status },
      after: { status: "succeeded", amountCents: refund.amountCents.toString(), reference: sent },
    });
    return { refundId };
  });
}

async function lockRefund(tx: Tx, refundId: string) {
  const [refund] = await tx
    .select({
      tenantId: refunds.tenantId,
      status: refunds.status,
      reference: refunds.reference,
      amountCents: refunds.amountCents,
      isStripes: sql<boolean>`${payments.method} = 'card' or ${payments.stripePaymentIntentId} is not null`,
    })
    .from(refunds)
    .innerJoin(payments, and(eq(payments.tenantId, refunds.tenantId), eq(payments.id, refunds.paymentId)))
    .where(eq(refunds.id, refundId))
    .for("update", { of: refunds });
  if (!refund) throw new AppError("not_found", "This refund does not exist.");
  return refund;
}
