import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { topups } from "@/db/schema/payments";
import { emails } from "@/db/schema/system";
import type { PlatformScope } from "@/db/scope";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { setTaxRate } from "@/lib/billing/commands/details";
import { setTaxRateInput } from "@/lib/billing/details-input";
import { issueCreditNoteInput } from "@/lib/billing/input";
import { getInvoice } from "@/lib/billing/queries";
import { checkLedger } from "@/lib/billing/run-checks";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { papers } from "./bought-testing";
import { runAutoTopup, saveAutoTopup } from "./commands/auto-topup";
import { refundTopup } from "./commands/refund";
import { refreshPayment, startTopup } from "./commands/topup";
import { saveAutoTopupInput } from "./input";
import { creditTax } from "./queries";
import { refundTopupInput } from "./refund-input";
import { makeTaxingPlatform, payerIn } from "./taxed-testing";
import { books, click, intentIdOf, pay, saveCard } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

let admin: PlatformScope;
beforeAll(async () => {
  admin = await makeTaxingPlatform([
    ["DE", "VAT", "19"],
    ["FR", "TVA", "20"],
    ["NO", "Exempt", "0"],
  ]);
});
afterEach(async () => {
  expect((await checkLedger(admin)).filter(({ count }) => count > 0)).toEqual([]);
});

const payer = (country: string, taxId = "") => payerIn(country, { taxId, email: "books@brightleaf.example" });

/** Credit for $25 that is bought by card. */
async function buy(tenant: TestTenant, card = "pm_card_visa") {
  const from = eventIds(double).length;
  const payment = await startTopup(tenant.admin, click());
  await pay(payment, card);
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  const [topup] = await asSystem("test", (tx) =>
    tx.select().from(topups).where(eq(topups.tenantId, tenant.tenantId)),
  );
  return { tenant, payment, from, topupId: topup?.id ?? "", intentId: intentIdOf(payment) };
}

const takenFor = (tenant: TestTenant) =>
  double.world.paymentIntents
    .where((one) => one.metadata.tenant_id === tenant.tenantId)
    .map((one) => one.amount_received);
const givenBack = (intentId: string) =>
  double.world.refunds.where((one) => one.payment_intent === intentId).map(({ amount }) => amount);
const back = (topupId: string, amount: string) =>
  refundTopup(
    admin,
    refundTopupInput.parse({ topupId, amount, reason: "They asked for it.", requestKey: newId() }),
  );

describe("the tax on bought credit", () => {
  it("is told before it is paid, charged with it, not given as credit, and stands on the invoice", async () => {
    const tenant = await payer("DE");
    expect(await creditTax(tenant.admin)).toEqual({ percent: "19.000", note: "VAT 19 %" });
    const { payment, topupId } = await buy(tenant);
    expect(payment).toMatchObject({
      creditCents: 2500n,
      taxCents: 475n,
      taxNote: "VAT 19 %",
      totalCents: 2975n,
    });
    expect(takenFor(tenant)).toEqual([2975]);
    expect(await books(tenant)).toMatchObject({ balance: "25.000000", lots: ["paid 25.000000"] });
    expect(await papers(tenant)).toEqual({ invoices: ["2500 + 475 paid: VAT 19 %"], notes: [] });

    const [row] = await asSystem("test", (tx) =>
      tx.select().from(invoices).where(eq(invoices.topupId, topupId)),
    );
    expect(row?.invoiceNumber).toMatch(/^HB-\d{4}-\d{6}$/);
    const invoice = await getInvoice(tenant.admin, row?.id ?? "");
    expect(invoice).toMatchObject({ status: "paid", taxCents: 475n, totalAmount: "29.750000" });
    expect(invoice.lines).toMatchObject([{ kind: "credit", amountCents: 2500n }]);
    const mails = await asSystem("test", (tx) =>
      tx.select().from(emails).where(eq(emails.recipient, "books@brightleaf.example")),
    );
    expect(mails).toMatchObject([{ subject: expect.stringContaining(invoice.invoiceNumber) }]);
  });

  it("is none for who accounts for it, who is exempt, and who lives where there is none, and the invoice says why", async () => {
    const told: Record<string, string[]> = {};
    for (const [country, taxId] of [
      ["DE", "DE811907980"],
      ["NO", ""],
      ["US", ""],
    ] as const) {
      const tenant = await payer(country, taxId);
      await buy(tenant);
      expect(takenFor(tenant)).toEqual([2500]);
      told[country] = (await papers(tenant)).invoices;
    }
    expect(told).toEqual({
      DE: ["2500 + 0 paid: VAT: reverse charge, the customer accounts for the tax."],
      NO: ["2500 + 0 paid: Exempt 0 %"],
      US: ["2500 + 0 paid"],
    });
  });

  it("stays as it was told when the rate changes before the money comes", async () => {
    const tenant = await payer("FR");
    const input = click();
    const payment = await startTopup(tenant.admin, input);
    await setTaxRate(admin, setTaxRateInput.parse({ country: "FR", name: "TVA", percent: "21.5" }));
    expect((await startTopup(tenant.admin, input)).totalCents).toBe(3000n);
    await pay(payment, "pm_card_visa");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    expect(takenFor(tenant)).toEqual([3000]);
    expect(await papers(tenant)).toMatchObject({ invoices: ["2500 + 500 paid: TVA 20 %"] });
    expect((await startTopup(tenant.admin, click())).totalCents).toBe(3038n);
  });

  it("comes on top of what is bought by itself, whose maximum is of credit", async () => {
    const tenant = await payer("DE");
    await saveCard(double, tenant, "pm_card_visa");
    const input = { isOn: true, threshold: "60", amount: "50", monthlyMax: "100" };
    await saveAutoTopup(tenant.admin, saveAutoTopupInput.parse(input));
    expect(await runAutoTopup(tenant.job)).toBe("paid");
    expect(await runAutoTopup(tenant.job)).toBe("paid");
    expect(await runAutoTopup(tenant.job)).toBe("not_due");
    expect(takenFor(tenant)).toEqual([5950, 5950]);
    expect(await books(tenant)).toMatchObject({ balance: "100.000000" });
    expect(await papers(tenant)).toMatchObject({
      invoices: ["5000 + 950 paid: VAT 19 %", "5000 + 950 paid: VAT 19 %"],
    });
  });
});

describe("the tax on credit that goes back", () => {
  it("goes back in proportion with a refund, by us and at Stripe, and all of it with all of it", async () => {
    const { tenant, topupId, intentId, from } = await buy(await payer("DE"));
    await back(topupId, "10");
    expect(givenBack(intentId)).toEqual([1190]);
    expect(await books(tenant)).toMatchObject({ balance: "15.000000", refunds: ["succeeded 1190"] });
    await (await getStripe()).stripe.refunds.create({ payment_intent: intentId, amount: 333 });
    await deliver(double, [...eventIds(double, from), ...eventIds(double, from).reverse()]);
    expect(await papers(tenant)).toEqual({
      invoices: ["2500 + 475 partially_refunded: VAT 19 %"],
      notes: ["1000 + 190 issued", "280 + 53 issued"],
    });
    await back(topupId, "12.20");
    expect(givenBack(intentId).reduce((sum, cents) => sum + cents, 0)).toBe(2975);
    expect(await books(tenant)).toMatchObject({ balance: "0.000000" });
    expect(await papers(tenant)).toEqual({
      invoices: ["2500 + 475 refunded: VAT 19 %"],
      notes: ["1000 + 190 issued", "280 + 53 issued", "1220 + 232 issued"],
    });
  });

  it("is charged again on paper when the refund fails after all", async () => {
    const { tenant, topupId, from } = await buy(await payer("DE"), "pm_card_refundFail");
    await back(topupId, "20");
    expect(await papers(tenant)).toMatchObject({ notes: ["2000 + 380 issued"] });
    double.world.clock.advance(2 * 3600);
    await deliver(double, [...eventIds(double, from), ...eventIds(double, from)]);
    expect(await books(tenant)).toMatchObject({ balance: "25.000000", refunds: ["failed 2380"] });
    expect(await papers(tenant)).toEqual({
      invoices: ["2500 + 475 partially_refunded: VAT 19 %", "2000 + 380 paid: VAT 19 %"],
      notes: ["2000 + 380 issued"],
    });
  });

  it("goes back with a dispute that is lost: the credit is taken without it", async () => {
    const { tenant, intentId, from } = await buy(await payer("DE"), "pm_card_createDispute");
    const hear = () => deliver(double, eventIds(double, from));
    await hear();
    expect(await books(tenant)).toMatchObject({ balance: "25.000000", frozen: "25.000000" });
    const { stripe } = await getStripe();
    const [dispute] = double.world.disputes.where((one) => one.payment_intent === intentId);
    const evidence = { uncategorized_text: "losing_evidence" };
    await stripe.disputes.update(dispute?.id ?? "", { evidence });
    double.world.clock.advance(2 * 3600);
    await hear();
    await hear();
    expect(await books(tenant)).toMatchObject({
      balance: "0.000000",
      topups: ["disputed"],
      disputes: ["lost"],
    });
    expect(await papers(tenant)).toEqual({
      invoices: ["2500 + 475 refunded: VAT 19 %"],
      notes: ["2500 + 475 issued"],
    });
  });

  it("has no other way: a credit note on the invoice by itself is refused", async () => {
    const { topupId } = await buy(await payer("DE"));
    const [row] = await asSystem("test", (tx) =>
      tx.select().from(invoices).where(eq(invoices.topupId, topupId)),
    );
    const lines = [{ description: "Credit", amount: "5" }];
    const input = issueCreditNoteInput.parse({
      invoiceId: row?.id,
      reason: "By hand",
      refund: "credit",
      requestKey: newId(),
      lines,
    });
    await expect(issueCreditNote(admin, input)).rejects.toMatchObject({ reason: "not_creditable" });
  });
});
