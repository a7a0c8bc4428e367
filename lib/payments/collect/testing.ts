import { desc, eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import type { StripeDouble } from "@/e2e/stripe/server";
import { makePayer } from "@/lib/stripe/testing";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { bill } from "../bill-testing";
import { collectThroughStripe } from "../commands/collect-invoice";

const DAY_MS = 86_400_000;
export const daysFromNow = (days: number) => new Date(Date.now() + days * DAY_MS);

/** A workspace with an invoice of $30 that is due in ten days. */
export async function makeBill(): Promise<{ tenant: TestTenant; invoiceId: string }> {
  const tenant = await makePayer();
  return { tenant, invoiceId: await bill(tenant, daysFromNow(10)) };
}

/** The same, out at Stripe. */
export async function makeCollected(): Promise<{ tenant: TestTenant; invoiceId: string; stripeId: string }> {
  const made = await makeBill();
  await collectThroughStripe(await makePlatform(), { invoiceId: made.invoiceId });
  const { stripeId } = await collectionState(made.invoiceId);
  if (!stripeId) throw new Error("it is not at Stripe");
  return { ...made, stripeId };
}

/** All that is written down of how an invoice is collected through Stripe. */
export async function collectionState(invoiceId: string) {
  return asSystem("test", async (tx) => {
    const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
    const [payment] = await tx
      .select()
      .from(payments)
      .where(eq(payments.invoiceId, invoiceId))
      .orderBy(desc(payments.attempt))
      .limit(1);
    return {
      status: invoice?.status,
      paidCents: invoice?.paidCents,
      stripeId: invoice?.stripeInvoiceId,
      intent: invoice?.paymentIntentId,
      note: invoice?.paymentNote,
      payment: payment ? `${payment.method} ${payment.status}` : null,
      failure: payment?.failureCode,
      page: payment?.actionUrl,
    };
  });
}

/** What a person does on Stripe's page of an invoice: a card. */
export async function payAtStripe(double: StripeDouble, stripeId: string, number = "4242424242424242") {
  const body = new URLSearchParams({ number, expiry: "12/40", cvc: "123" });
  await fetch(`${double.origin}/invoices/${stripeId}`, { method: "POST", body });
}

/** How often Stripe took money for an invoice of its own. */
export function takenFor(double: StripeDouble, stripeId: string): number {
  return double.world.invoicePayments.where(
    ({ invoice, status }) => invoice === stripeId && status === "paid",
  ).length;
}
