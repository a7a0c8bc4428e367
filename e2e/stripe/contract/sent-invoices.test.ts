import { expect, it } from "vitest";
import { contract, errorOf, freshKey, type Target } from "./targets";

const DAY_SECONDS = 24 * 3600;

/** A draft that is to be sent: for a customer with an address, with a number and a due date of ours. */
async function toSend({ stripe }: Target, amount: number) {
  const { id: customer } = await stripe.customers.create({ name: "Contract", email: "ap@example.com" });
  const due_date = Math.floor(Date.now() / 1000) + 14 * DAY_SECONDS;
  const invoice = await stripe.invoices.create({
    customer,
    collection_method: "send_invoice",
    due_date,
    number: `HB-${freshKey().slice(-12)}`,
    auto_advance: false,
    currency: "usd",
    pending_invoice_items_behavior: "exclude",
    metadata: { payment_id: "p1" },
  });
  const item = await stripe.invoiceItems.create({
    customer,
    invoice: invoice.id,
    amount,
    currency: "usd",
    description: "What is due",
  });
  return { customer, id: invoice.id, number: invoice.number, due_date, item: item.id };
}

contract("invoices that are sent", (of) => {
  it("have our number and due date, one line, a page, and one payment to come", async () => {
    const { stripe } = of();
    const { id, customer, number, due_date, item } = await toSend(of(), 4200);
    const items = await stripe.invoiceItems.list({ invoice: id });
    expect(items.data.map((one) => one.id)).toEqual([item]);
    const open = await stripe.invoices.finalizeInvoice(id, { auto_advance: false });
    expect(open).toMatchObject({
      status: "open",
      collection_method: "send_invoice",
      auto_advance: false,
      due_date,
      number,
      amount_due: 4200,
      metadata: { payment_id: "p1" },
    });
    expect(open.hosted_invoice_url).toMatch(/^https?:\/\//);
    expect(await stripe.invoices.sendInvoice(id)).toMatchObject({ status: "open" });
    const listed = await stripe.invoices.list({ customer, limit: 100 });
    expect(listed.data.map((one) => one.id)).toEqual([id]);
    const [payment] = (await stripe.invoicePayments.list({ invoice: id, limit: 100 })).data;
    expect(payment).toMatchObject({ status: "open", is_default: true, amount_requested: 4200, invoice: id });
    expect((await errorOf(stripe.invoices.del(id))).statusCode).toBe(400);
  });

  it("are found by the payment that paid them", async () => {
    const { stripe } = of();
    const { id, customer } = await toSend(of(), 1500);
    await stripe.invoices.finalizeInvoice(id, { auto_advance: false });
    const method = await stripe.paymentMethods.attach("pm_card_visa", { customer });
    await stripe.invoices.pay(id, { payment_method: method.id });
    const [paid] = (await stripe.invoicePayments.list({ invoice: id, status: "paid" })).data;
    const intent = String(paid?.payment.payment_intent);
    const behind = await stripe.invoicePayments.list({
      payment: { type: "payment_intent", payment_intent: intent },
      limit: 1,
    });
    expect(behind.data).toMatchObject([{ invoice: id, amount_paid: 1500, status: "paid" }]);
    const { metadata } = await stripe.paymentIntents.retrieve(intent);
    expect(metadata).toEqual({});
    expect((await errorOf(stripe.invoices.voidInvoice(id))).statusCode).toBe(400);
    expect((await errorOf(stripe.invoices.sendInvoice(`${id}x`))).statusCode).toBe(404);
  });

  it("are taken back for good, and their number with them", async () => {
    const { stripe } = of();
    const { id, customer, number } = await toSend(of(), 900);
    await stripe.invoices.finalizeInvoice(id, { auto_advance: false });
    expect(await stripe.invoices.voidInvoice(id)).toMatchObject({ status: "void" });
    expect((await errorOf(stripe.invoices.voidInvoice(id))).statusCode).toBe(400);
    const again = stripe.invoices.create({ customer, number: number ?? "" });
    expect((await errorOf(again)).statusCode).toBe(400);
    const payments = await stripe.invoicePayments.list({ invoice: id });
    expect(payments.data.map(({ status }) => status)).toEqual(["canceled"]);
  });
});
