import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import type { RecordPaymentInput } from "../input";
import { UNPAID_STATUSES } from "../state";

/**
 * Records that an invoice was paid outside of the card flow. A second click finds it paid and changes nothing.
 * @throws AppError `not_found`; `conflict` when it was paid with another reference
 */
export async function recordPayment(
  scope: PlatformScope,
  input: RecordPaymentInput,
  now = new Date(),
): Promise<{ invoiceId: string }> {
  authorize(scope, "invoice.record_payment");
  const note = `${input.method}: ${input.reference}`;
  return asPlatform(scope, async (tx) => {
    const [changed] = await tx
      .update(invoices)
      .set({ status: "paid", paidDate: now, paymentNote: note })
      .where(and(eq(invoices.id, input.invoiceId), inArray(invoices.status, [...UNPAID_STATUSES])))
      .returning({
        id: invoices.id,
        tenantId: invoices.tenantId,
        partnerId: invoices.partnerId,
        number: invoices.invoiceNumber,
      });
    if (changed) {
      await audit(tx, scope, {
        action: "invoice.record_payment",
        targetType: "invoice",
        targetId: changed.id,
        tenantId: changed.tenantId,
        partnerId: changed.partnerId,
        before: { status: "pending" },
        after: {
          status: "paid",
          method: input.method,
          reference: input.reference,
          invoiceNumber: changed.number,
        },
      });
      return { invoiceId: changed.id };
    }
    const [found] = await tx
      .select({ status: invoices.status, note: invoices.paymentNote })
      .from(invoices)
      .where(eq(invoices.id, input.invoiceId));
    if (!found) throw new AppError("not_found", "This invoice does not exist.");
    if (found.note !== note)
      throw new AppError("conflict", "This invoice is already paid.", { reason: "already_paid" });
    return { invoiceId: input.invoiceId };
  });
}
