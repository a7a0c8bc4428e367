import "server-only";
import { asPlatform } from "@/db/access";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { tryToSendNotes } from "@/lib/billing/commands/send-note";
import { PAYMENT_METHODS } from "@/lib/billing/input";
import { noteCreditBack } from "@/lib/billing/topup-document";
import { currentTime } from "@/lib/clock";
import { microsToCents } from "@/lib/money";
import { beginRefund, lockBought } from "../begin-refund";
import type { RecordRefundInput } from "../refund-input";

/**
 * Records that money for credit which was not bought by card was sent back, its tax in it: the credit is lowered as by a
 * refund to a card, and its credit note is issued at once. The same click is one refund.
 * @throws AppError `not_found`, `invalid` (more than is left, or free)
 */
export async function recordRefund(
  scope: PlatformScope,
  { topupId, requestKey, reason, amount, method, reference }: RecordRefundInput,
): Promise<{ refundId: string }> {
  authorize(scope, "refund.create");
  const { tenantId, refundId } = await asPlatform(scope, async (tx) => {
    const bought = await lockBought(tx, topupId, "transfer");
    const { refundId, totalCents, taxCents, isNew } = await beginRefund(tx, scope, bought, {
      topupId,
      requestKey,
      reason,
      reference: `${PAYMENT_METHODS[method]}: ${reference}`,
      totalCents: microsToCents(amount),
    });
    const { tenantId } = bought;
    if (isNew) {
      const back = { tenantId, topupId, totalCents, taxCents, reason, at: currentTime() };
      await noteCreditBack(tx, scope, back);
    }
    return { tenantId, refundId };
  });
  await tryToSendNotes(tenantId);
  return { refundId };
}
