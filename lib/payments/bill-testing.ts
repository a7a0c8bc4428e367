import { eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import type { StripeDouble } from "@/e2e/stripe/server";
import { newId } from "@/lib/ids";
import type { TestTenant } from "@/lib/testing/scopes";
import { type PayInvoiceInput, payInvoiceInput } from "./input";

/** An invoice of $30 that is to be paid. */
export async function bill(
  { tenantId }: TestTenant,
  dueDate = new Date("2026-11-15T00:00:00Z"),
  partnerId: string | null = null,
  customer: Record<string, unknown> = {},
  taxCents = 0n,
): Promise<string> {
  const id = newId();
  const start = new Date("2026-10-01T00:00:00Z");
  await asSystem("test", (tx) =>
    tx.insert(invoices).values({
      id,
      tenantId,
      partnerId,
      invoiceNumber: `T-${id.slice(-18)}`,
      series: `T${id}`,
      sequence: 1,
      totalAmount: "30.000000",
      subtotalCents: 3000n - taxCents,
      taxCents,
      periodStart: start,
      kind: "subscription",
      periodEnd: new Date("2026-11-01T00:00:00Z"),
      dueDate,
      sellerName: "Seller",
      customerName: "Customer",
      customer,
      finalizedAt: start,
    }),
  );
  return id;
}

/** A press of the button of the form. */
export function payClick(invoiceId: string, requestKey = newId()): PayInvoiceInput {
  return payInvoiceInput.parse({ invoiceId, requestKey });
}

/** How an invoice is, and what became of each try to pay it. */
export async function billState(invoiceId: string) {
  return asSystem("test", async (tx) => {
    const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
    const tries = await tx
      .select({ status: payments.status, attempt: payments.attempt })
      .from(payments)
      .where(eq(payments.invoiceId, invoiceId))
      .orderBy(payments.attempt);
    return {
      status: invoice?.status,
      paidCents: invoice?.paidCents,
      intent: invoice?.paymentIntentId,
      tries: tries.map(({ status }) => status),
    };
  });
}

/** How often money was taken for an invoice. */
export function chargesOf(double: StripeDouble, invoiceId: string): number {
  return double.world.paymentIntents.where(
    (one) => one.metadata.invoice_id === invoiceId && one.status === "succeeded",
  ).length;
}
