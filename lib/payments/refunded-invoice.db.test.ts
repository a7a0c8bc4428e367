import { asc, eq } from "drizzle-orm";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { creditNotes, invoices } from "@/db/schema/invoices";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { bill, payClick } from "./bill-testing";
import { mailedNotes } from "./bought-testing";
import { payInvoice } from "./commands/pay-invoice";
import { refreshPayment } from "./commands/topup";
import { books, intentIdOf, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
let from = 0;
beforeEach(() => {
  double.api.orders.reset();
  from = eventIds(double).length;
});

/** An invoice of $30 that was paid by card. */
async function paidInvoice(card = "pm_card_visa", taxCents = 0n) {
  const tenant = await makePayer();
  const invoiceId = await bill(tenant, undefined, null, {}, taxCents);
  const payment = await payInvoice(tenant.admin, payClick(invoiceId));
  await pay(payment, card);
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  return { tenant, invoiceId, intentId: intentIdOf(payment) };
}

/** Somebody gives money back in Stripe's dashboard. */
const refundAtStripe = async (intentId: string, amount?: number) =>
  (await getStripe()).stripe.refunds.create({ payment_intent: intentId, ...(amount ? { amount } : {}) });

/** Everything that happened is heard, twice, the second time backwards. */
const hear = () => deliver(double, [...eventIds(double, from), ...eventIds(double, from).reverse()]);

async function paper({ tenantId }: TestTenant, invoiceId: string) {
  return asSystem("test", async (tx) => {
    const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
    const notes = await tx
      .select()
      .from(creditNotes)
      .where(eq(creditNotes.tenantId, tenantId))
      .orderBy(asc(creditNotes.id));
    return {
      status: invoice?.status,
      creditedCents: invoice?.creditedCents,
      notes: notes.map(({ subtotalCents, taxCents, status }) => `${subtotalCents} + ${taxCents} ${status}`),
    };
  });
}

describe("an invoice whose money is given back at Stripe", () => {
  it("gets a credit note for each refund, mailed once, with the tax in proportion", async () => {
    const { tenant, invoiceId, intentId } = await paidInvoice("pm_card_visa", 479n);
    await refundAtStripe(intentId, 1000);
    await hear();
    expect(await paper(tenant, invoiceId)).toEqual({
      status: "partially_refunded",
      creditedCents: 1000n,
      notes: ["840 + 160 issued"],
    });
    expect(await mailedNotes(tenant)).toEqual(["$10.00"]);
    await refundAtStripe(intentId);
    await hear();
    expect(await paper(tenant, invoiceId)).toEqual({
      status: "refunded",
      creditedCents: 3000n,
      notes: ["840 + 160 issued", "1681 + 319 issued"],
    });
    expect(await mailedNotes(tenant)).toEqual(["$10.00", "$20.00"]);
    expect(await books(tenant)).toMatchObject({
      balance: "0.000000",
      refunds: ["succeeded 1000", "succeeded 2000"],
    });
  });

  it("is credit instead where the refund fails: the credit note stands", async () => {
    const { tenant, invoiceId, intentId } = await paidInvoice("pm_card_refundFail");
    await refundAtStripe(intentId);
    await hear();
    expect(await paper(tenant, invoiceId)).toMatchObject({ status: "refunded", notes: ["3000 + 0 issued"] });
    double.world.clock.advance(2 * 3600);
    await hear();
    expect(await paper(tenant, invoiceId)).toMatchObject({ status: "refunded", notes: ["3000 + 0 issued"] });
    expect(await books(tenant)).toMatchObject({
      balance: "30.000000",
      lots: ["paid 30.000000"],
      refunds: ["failed 3000"],
    });
  });

  it("is owed for what went back beyond what was left of it", async () => {
    const { tenant, invoiceId, intentId } = await paidInvoice();
    const lines = [{ description: "Too much", amount: 2000n }];
    const asked = { invoiceId, reason: "It was too much.", refund: "credit" as const, lines };
    await issueCreditNote(await makePlatform(), { ...asked, requestKey: newId() });
    expect((await books(tenant)).balance).toBe("20.000000");
    await refundAtStripe(intentId);
    await hear();
    expect(await paper(tenant, invoiceId)).toEqual({
      status: "refunded",
      creditedCents: 3000n,
      notes: ["2000 + 0 issued", "1000 + 0 issued"],
    });
    expect((await books(tenant)).balance).toBe("0.000000");
  });
});
