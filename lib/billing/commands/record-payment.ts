import "server-only";
import { eq, sql } from "drizzle-orm";
import { asPlatform, isUniqueViolation } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { collectHereAgain } from "@/lib/payments/collect/take-back";
import { creditWasAdded } from "@/lib/wallet/changes";
import { applyPayment, dueCents } from "../apply-payment";
import type { RecordPaymentInput } from "../input";

/**
 * Records that an invoice was paid outside of the card flow, in full. A second click finds it paid and changes nothing.
 * Where Stripe collects it, that ends first.
 * @throws AppError `not_found`; `conflict` when it was paid otherwise, or a card is being charged for it; `precondition`
 *   (`payment_under_way`) while a bank debit of it is on its way at Stripe; `upstream`
 */
export async function recordPayment(
  scope: PlatformScope,
  input: RecordPaymentInput,
  now = new Date(),
): Promise<{ invoiceId: string }> {
  authorize(scope, "invoice.record_payment");
  // First nobody can pay it at Stripe any more.
  await collectHereAgain(scope, input.invoiceId);
  const note = `${input.method}: ${input.reference}`;
  try {
    const paid = await asPlatform(scope, async (tx) => {
      const [invoice] = await tx
        .select()
        .from(invoices)
        .where(eq(invoices.id, input.invoiceId))
        .for("update");
      if (!invoice || invoice.status === "draft")
        throw new AppError("not_found", "This invoice does not exist.");
      const due = dueCents(invoice);
      if (due <= 0n) {
        if (invoice.paymentNote === note) return null;
        throw new AppError("conflict", "There is nothing to be paid on this invoice.", {
          reason: "already_paid",
        });
      }
      const paymentId = newId();
      await tx.insert(payments).values({
        id: paymentId,
        tenantId: invoice.tenantId,
        invoiceId: invoice.id,
        method: input.method,
        amountCents: due,
        attempt: sql`(select coalesce(max(p.attempt), 0) + 1 from ${payments} p where p.tenant_id = ${invoice.tenantId} and p.invoice_id = ${invoice.id})`,
        requestKey: `recorded:${paymentId}`,
        reference: input.reference,
        recordedBy: scope.actor.kind === "user" ? scope.actor.userId : null,
      });
      await audit(tx, scope, {
        action: "invoice.record_payment",
        targetType: "invoice",
        targetId: invoice.id,
        tenantId: invoice.tenantId,
        partnerId: invoice.partnerId,
        before: { status: invoice.status },
        after: {
          status: "paid",
          method: input.method,
          reference: input.reference,
          invoiceNumber: invoice.invoiceNumber,
        },
      });
      return applyPayment(tx, scope, { paymentId, at: now, note });
    });
    if (paid) await creditWasAdded(paid.tenantId);
    return { invoiceId: input.invoiceId };
  } catch (error) {
    if (isUniqueViolation(error, "payments_live_unique"))
      throw new AppError("conflict", "A card is being charged for this invoice. Wait for what comes of it.", {
        reason: "payment_under_way",
      });
    throw error;
  }
}
