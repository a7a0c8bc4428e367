import { eq } from "drizzle-orm";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { auditLog } from "@/db/schema/system";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { anyOrder } from "../any-order-testing";
import { books } from "../testing";
import { collectionState, makeCollected, payAtStripe, takenFor } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());
const inAnyOrder = anyOrder(double);

const DECLINED = "4000000000000002";

const typesSince = (from: number) => eventIds(double, from).map((id) => double.world.events.get(id).type);

/** The events of one kind alone: the others were lost. */
const alone = (from: number, type: string) =>
  eventIds(double, from).filter((id) => double.world.events.get(id).type === type);

/** How often ours was booked as paid. */
const bookings = async (invoiceId: string) =>
  (await asSystem("test", (tx) => tx.select().from(auditLog).where(eq(auditLog.targetId, invoiceId)))).filter(
    ({ action }) => action === "invoice.pay",
  ).length;

describe("whatever the order in which it is heard", () => {
  it("an invoice that is paid at Stripe is paid here once, by its intent, also after a card was declined", async () => {
    await inAnyOrder(4, async (draw, hearSome, from) => {
      const { invoiceId, stripeId, tenant } = await makeCollected();
      await hearSome();
      if (draw() % 2 === 0) await payAtStripe(double, stripeId, DECLINED);
      await hearSome();
      await payAtStripe(double, stripeId);
      return async () => {
        expect(takenFor(double, stripeId)).toBe(1);
        const [paid] = double.world.invoicePayments.where(({ invoice }) => invoice === stripeId);
        expect(await collectionState(invoiceId)).toMatchObject({
          status: "paid",
          paidCents: 3000n,
          stripeId,
          intent: paid?.payment.payment_intent,
          payment: "stripe_invoice succeeded",
          failure: null,
        });
        expect(await bookings(invoiceId)).toBe(1);
        expect((await books(tenant)).lots).toEqual([]);
        expect(typesSince(from)).toEqual(expect.arrayContaining(["invoice.finalized", "invoice.paid"]));
      };
    });
  });

  it.each(["invoice.paid", "invoice_payment.paid"])("%s alone is enough, twice and late", async (type) => {
    const from = eventIds(double).length;
    const { invoiceId, stripeId } = await makeCollected();
    await payAtStripe(double, stripeId);
    const heard = alone(from, type);
    expect(await deliver(double, heard)).toEqual(["done"]);
    expect(await deliver(double, heard)).toEqual(["known"]);
    expect(await collectionState(invoiceId)).toMatchObject({ status: "paid", paidCents: 3000n });
    await deliver(double, eventIds(double, from));
    expect(await bookings(invoiceId)).toBe(1);
  });

  it("a bank debit pays it days later, or does not, and it can be paid again", async () => {
    await inAnyOrder(3, async (draw, hearSome) => {
      const { invoiceId, stripeId } = await makeCollected();
      const arrives = draw() % 2 === 0;
      const { stripe } = await getStripe();
      const { customer } = double.world.invoices.get(stripeId);
      const method = await stripe.paymentMethods.attach(
        arrives ? "pm_usBankAccount_success" : "pm_usBankAccount_insufficientFunds",
        { customer: String(customer) },
      );
      await stripe.invoices.pay(stripeId, { payment_method: method.id });
      await hearSome();
      expect(await collectionState(invoiceId)).toMatchObject({
        status: "pending",
        payment: "stripe_invoice pending",
      });
      double.world.clock.advance(5 * 24 * 3600);
      return async () => {
        if (!arrives) {
          expect(await collectionState(invoiceId)).toMatchObject({
            status: "pending",
            failure: "insufficient_funds",
            payment: "stripe_invoice pending",
          });
          const from = eventIds(double).length;
          await payAtStripe(double, stripeId);
          await deliver(double, eventIds(double, from));
        }
        expect(await collectionState(invoiceId)).toMatchObject({ status: "paid", failure: null });
        expect(takenFor(double, stripeId)).toBe(1);
        expect(await bookings(invoiceId)).toBe(1);
      };
    });
  });

  it("one that was paid elsewhere is paid here without an intent", async () => {
    await inAnyOrder(2, async (_, hearSome) => {
      const { invoiceId, stripeId } = await makeCollected();
      await hearSome();
      const { stripe } = await getStripe();
      await stripe.invoices.pay(stripeId, { paid_out_of_band: true });
      return async () => {
        expect(await collectionState(invoiceId)).toMatchObject({
          status: "paid",
          paidCents: 3000n,
          intent: null,
          note: `Paid elsewhere, as noted at Stripe (${stripeId})`,
          payment: "other succeeded",
        });
        expect(await bookings(invoiceId)).toBe(1);
      };
    });
  });

  it("one that was made void by hand is owed here again, and is not void itself", async () => {
    await inAnyOrder(2, async (draw, hearSome) => {
      const { invoiceId, stripeId } = await makeCollected();
      if (draw() % 2 === 0) await payAtStripe(double, stripeId, DECLINED);
      await hearSome();
      const { stripe } = await getStripe();
      await stripe.invoices.voidInvoice(stripeId);
      return async () =>
        expect(await collectionState(invoiceId)).toMatchObject({
          status: "pending",
          paidCents: 0n,
          stripeId: null,
          payment: "stripe_invoice canceled",
        });
    });
  });

  it("one that was given up there is given up here, and is paid all the same when money comes", async () => {
    await inAnyOrder(3, async (draw, hearSome, from) => {
      const { invoiceId, stripeId } = await makeCollected();
      const { stripe } = await getStripe();
      await stripe.invoices.markUncollectible(stripeId);
      await hearSome();
      await deliver(double, alone(from, "invoice.marked_uncollectible"));
      const live = { stripeId, payment: "stripe_invoice pending" };
      expect(await collectionState(invoiceId)).toMatchObject({ status: "uncollectible", ...live });
      const isPaid = draw() % 2 === 0;
      const { customer } = double.world.invoices.get(stripeId);
      const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: String(customer) });
      if (isPaid) await stripe.invoices.pay(stripeId, { payment_method: method.id });
      return async () =>
        expect(await collectionState(invoiceId)).toMatchObject(
          isPaid ? { status: "paid", paidCents: 3000n } : { status: "uncollectible", ...live },
        );
    });
  });

  it("one that becomes overdue there is overdue here, until it is paid", async () => {
    await inAnyOrder(2, async (draw, hearSome) => {
      const { invoiceId, stripeId } = await makeCollected();
      await hearSome();
      const invoice = double.world.invoices.get(stripeId);
      invoice.due_date = Math.floor(Date.now() / 1000) - 60;
      double.world.emit({ type: "invoice.overdue", object: invoice });
      const isPaid = draw() % 2 === 0;
      await hearSome();
      if (isPaid) await payAtStripe(double, stripeId);
      return async () => expect((await collectionState(invoiceId)).status).toBe(isPaid ? "paid" : "overdue");
    });
  });

  it("money that goes back, or is disputed, finds the payment, also when that was not heard of yet", async () => {
    await inAnyOrder(3, async (draw, hearSome) => {
      const { tenant, invoiceId, stripeId } = await makeCollected();
      const isDisputed = draw() % 2 === 0;
      await payAtStripe(double, stripeId, isDisputed ? "4000000000000259" : undefined);
      const [paid] = double.world.invoicePayments.where(({ invoice }) => invoice === stripeId);
      const intent = String(paid?.payment.payment_intent);
      const { stripe } = await getStripe();
      if (isDisputed) double.world.clock.advance(60);
      else await stripe.refunds.create({ payment_intent: intent, amount: 1200 });
      await hearSome();
      return async () => {
        expect(await collectionState(invoiceId)).toMatchObject({
          status: isDisputed ? "paid" : "partially_refunded",
          intent,
        });
        expect(await books(tenant)).toMatchObject(
          isDisputed
            ? { disputes: ["needs_response"], refunds: [] }
            : { disputes: [], refunds: ["succeeded 1200"] },
        );
      };
    });
  });

  it("an invoice by which nothing of ours is collected is none of our business", async () => {
    const from = eventIds(double).length;
    const { stripe } = await getStripe();
    const { id: customer } = await stripe.customers.create({ email: "a@example.test" });
    const { id } = await stripe.invoices.create({ customer, auto_advance: false });
    await stripe.invoiceItems.create({ customer, invoice: id, amount: 900, currency: "usd" });
    await stripe.invoices.finalizeInvoice(id);
    await stripe.invoices.pay(id, { payment_method: "pm_card_visa" });
    const heard = eventIds(double, from).filter((one) => /^invoice/.test(double.world.events.get(one).type));
    expect(new Set(await deliver(double, heard))).toEqual(new Set(["ignored"]));
  });
});
