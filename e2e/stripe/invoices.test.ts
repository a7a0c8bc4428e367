import type Stripe from "stripe";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clientOf, errorOf } from "./contract/targets";
import { type StripeDouble, startStripe } from "./server";

let double: StripeDouble;
let stripe: Stripe;
beforeAll(async () => {
  double = await startStripe();
  stripe = clientOf(double);
});
afterAll(() => double.close());

const HOUR_SECONDS = 3600;

async function draft(amount: number, dueInSeconds = HOUR_SECONDS) {
  const { id: customer } = await stripe.customers.create({ email: "ap@example.com" });
  const { id } = await stripe.invoices.create({
    customer,
    collection_method: "send_invoice",
    due_date: double.world.now() + dueInSeconds,
  });
  await stripe.invoiceItems.create({ customer, invoice: id, amount, currency: "usd" });
  return { id, customer };
}

const told = (id: string) =>
  double.world.events
    .where(({ data }) => "id" in data.object && data.object.id === id)
    .map(({ type }) => type);

it("tells once that an open invoice is overdue, and nothing of one that was paid", async () => {
  const [open, paid] = [await draft(900), await draft(900)];
  for (const { id } of [open, paid]) await stripe.invoices.finalizeInvoice(id);
  await stripe.invoices.pay(paid.id, { paid_out_of_band: true });
  double.world.clock.advance(HOUR_SECONDS - 60);
  expect(told(open.id)).not.toContain("invoice.overdue");
  double.world.clock.advance(2 * HOUR_SECONDS);
  expect(told(open.id).filter((type) => type === "invoice.overdue")).toHaveLength(1);
  expect(told(paid.id)).not.toContain("invoice.overdue");
});

it("keeps a draft that it cannot finalize, and says why", async () => {
  const { id, customer } = await draft(900);
  double.world.unfinalizable.add(customer);
  expect((await errorOf(stripe.invoices.finalizeInvoice(id))).code).toBe("customer_tax_location_invalid");
  const kept = await stripe.invoices.retrieve(id);
  expect(kept).toMatchObject({ status: "draft", last_finalization_error: { type: "invalid_request_error" } });
  expect(told(id)).toContain("invoice.finalization_failed");
  double.world.unfinalizable.delete(customer);
  expect(await stripe.invoices.finalizeInvoice(id)).toMatchObject({
    status: "open",
    last_finalization_error: null,
  });
});

it("charges nothing under the least amount: such an invoice is paid at once", async () => {
  const { id } = await draft(49);
  expect(await stripe.invoices.finalizeInvoice(id)).toMatchObject({ status: "paid" });
  expect((await stripe.invoicePayments.list({ invoice: id })).data).toEqual([]);
});

it("sends to nobody without an address, and takes nothing back while its money is on its way", async () => {
  const { id: customer } = await stripe.customers.create({ name: "No address" });
  const create = { customer, collection_method: "send_invoice", days_until_due: 3 } as const;
  expect((await errorOf(stripe.invoices.create(create))).message).toMatch(/^Missing email/);
  const { id } = await draft(900);
  await stripe.invoices.finalizeInvoice(id);
  const [payment] = (await stripe.invoicePayments.list({ invoice: id })).data;
  const intent = double.world.paymentIntents.get(String(payment?.payment.payment_intent));
  intent.status = "processing";
  expect((await errorOf(stripe.invoices.voidInvoice(id))).statusCode).toBe(400);
  intent.status = "requires_payment_method";
  expect(await stripe.invoices.voidInvoice(id)).toMatchObject({ status: "void" });
});
