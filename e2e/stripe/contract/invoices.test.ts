import { expect, it } from "vitest";
import { contract, customerWith, errorOf, freshKey, type Target } from "./targets";

async function draft({ stripe }: Target, customer: string, amount: number) {
  const invoice = await stripe.invoices.create({
    customer,
    number: `HB-${freshKey().slice(-12)}`,
    auto_advance: false,
    metadata: { invoice: "i1" },
  });
  await stripe.invoiceItems.create({
    customer,
    invoice: invoice.id,
    amount,
    currency: "usd",
    description: "Usage",
  });
  return stripe.invoices.retrieve(invoice.id ?? "");
}

contract("invoices", (of) => {
  it("takes our number, is paid by the saved card, and names the payment", async () => {
    const { stripe } = of();
    const { customer } = await customerWith(stripe, "pm_card_visa");
    const invoice = await draft(of(), customer, 1999);
    expect(invoice).toMatchObject({
      status: "draft",
      amount_due: 1999,
      total: 1999,
      metadata: { invoice: "i1" },
    });
    expect(invoice.lines.data).toMatchObject([{ amount: 1999, description: "Usage" }]);
    expect(String(invoice.lines.data[0]?.quantity_decimal)).toBe("1");
    const open = await stripe.invoices.finalizeInvoice(invoice.id ?? "", { auto_advance: false });
    expect(open).toMatchObject({ status: "open", number: invoice.number });
    expect(open.hosted_invoice_url).toMatch(/^https?:\/\//);
    expect("payment_intent" in open).toBe(false);
    const paid = await stripe.invoices.pay(invoice.id ?? "", { expand: ["payments"] });
    expect(paid).toMatchObject({ status: "paid", amount_paid: 1999, amount_remaining: 0 });
    const [payment] = paid.payments?.data ?? [];
    expect(payment).toMatchObject({ status: "paid", amount_paid: 1999, payment: { type: "payment_intent" } });
    const intent = await stripe.paymentIntents.retrieve(String(payment?.payment.payment_intent));
    expect(intent).toMatchObject({ status: "succeeded", amount: 1999, customer });
    const listed = await stripe.invoicePayments.list({ invoice: invoice.id ?? "" });
    expect(listed.data.map(({ id }) => id)).toContain(payment?.id);
    expect((await errorOf(stripe.invoices.pay(invoice.id ?? ""))).statusCode).toBe(400);
  });

  it("stays open when the card is declined, or when the bank asks for its customer", async () => {
    const { stripe } = of();
    const failing = await customerWith(stripe, "pm_card_chargeCustomerFail");
    const unpaid = await draft(of(), failing.customer, 1500);
    await stripe.invoices.finalizeInvoice(unpaid.id ?? "", { auto_advance: false });
    expect(await errorOf(stripe.invoices.pay(unpaid.id ?? ""))).toMatchObject({
      statusCode: 402,
      code: "card_declined",
    });
    expect(await stripe.invoices.retrieve(unpaid.id ?? "")).toMatchObject({
      status: "open",
      attempted: true,
    });
    const asking = await customerWith(stripe, "pm_card_authenticationRequired");
    const waiting = await draft(of(), asking.customer, 1600);
    await stripe.invoices.finalizeInvoice(waiting.id ?? "", { auto_advance: false });
    const error = await errorOf(stripe.invoices.pay(waiting.id ?? ""));
    expect(error.code).toBe("invoice_payment_intent_requires_action");
  });

  it("is paid somewhere else, taken back, or given up", async () => {
    const { stripe } = of();
    const { customer } = await customerWith(stripe, "pm_card_visa");
    const ids: string[] = [];
    for (const amount of [600, 700, 800]) {
      const { id = "" } = await draft(of(), customer, amount);
      await stripe.invoices.finalizeInvoice(id, { auto_advance: false });
      ids.push(id);
    }
    const [transfer = "", wrong = "", bad = ""] = ids;
    expect(await stripe.invoices.pay(transfer, { paid_out_of_band: true })).toMatchObject({ status: "paid" });
    expect(await stripe.invoices.voidInvoice(wrong)).toMatchObject({ status: "void" });
    expect((await errorOf(stripe.invoices.pay(wrong))).statusCode).toBe(400);
    expect(await stripe.invoices.markUncollectible(bad)).toMatchObject({ status: "uncollectible" });
    expect((await errorOf(stripe.invoices.finalizeInvoice(wrong))).statusCode).toBe(400);
    expect((await errorOf(stripe.invoices.update(wrong, { number: "X-1" }))).statusCode).toBe(400);
  });

  it("drops a draft with its lines, and refuses a number twice", async () => {
    const { stripe } = of();
    const { customer } = await customerWith(stripe, "pm_card_visa");
    const invoice = await draft(of(), customer, 500);
    const twice = stripe.invoices.create({ customer, number: invoice.number ?? "" });
    expect((await errorOf(twice)).statusCode).toBe(400);
    expect(await stripe.invoices.del(invoice.id ?? "")).toMatchObject({ deleted: true });
    expect((await errorOf(stripe.invoices.retrieve(invoice.id ?? ""))).statusCode).toBe(404);
  });
});
