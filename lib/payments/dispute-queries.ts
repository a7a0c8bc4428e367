import "server-only";
import { and, desc, eq, notInArray, or } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { disputes, payments } from "@/db/schema/payments";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";

/** A bank that only asks moves no money. */
const INQUIRIES = ["warning_needs_response", "warning_under_review", "warning_closed", "prevented"];

export type InvoiceDispute = {
  cents: bigint;
  openedAt: Date;
  /** `open` until the bank has decided. */
  outcome: "open" | "won" | "lost";
};

/** The last dispute about a payment of an invoice, or of the credit that it is for; null when its payer's bank never took money back. */
export async function findInvoiceDispute(
  scope: TenantScope,
  invoiceId: string,
): Promise<InvoiceDispute | null> {
  authorize(scope, "billing.read");
  if (!isId(invoiceId)) return null;
  const [row] = await asTenant(scope, (tx) =>
    tx
      .select({ cents: disputes.amountCents, openedAt: disputes.openedAt, status: disputes.status })
      .from(disputes)
      .innerJoin(payments, and(eq(payments.tenantId, disputes.tenantId), eq(payments.id, disputes.paymentId)))
      .innerJoin(
        invoices,
        and(
          eq(invoices.tenantId, payments.tenantId),
          or(eq(invoices.id, payments.invoiceId), eq(invoices.topupId, payments.topupId)),
        ),
      )
      .where(
        and(
          eq(disputes.tenantId, scope.tenantId),
          eq(invoices.id, invoiceId),
          notInArray(disputes.status, INQUIRIES),
        ),
      )
      .orderBy(desc(disputes.openedAt), desc(disputes.id))
      .limit(1),
  );
  if (!row) return null;
  const { status, ...dispute } = row;
  return { ...dispute, outcome: status === "won" || status === "lost" ? status : "open" };
}
