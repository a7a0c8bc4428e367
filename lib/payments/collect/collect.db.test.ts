import { eq, sql } from "drizzle-orm";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import { stripeRequests } from "@/db/schema/stripe";
import type { Trouble } from "@/e2e/stripe/orders";
import { dunInvoice } from "@/lib/dunning/run";
import { makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant } from "@/lib/testing/scopes";
import { bill, chargesOf, payClick } from "../bill-testing";
import { collectHere, collectThroughStripe } from "../commands/collect-invoice";
import { chargeInvoice, payInvoice } from "../commands/pay-invoice";
import { sweepPayments } from "../sweep";
import { saveCard } from "../testing";
import { collectionState, daysFromNow, makeBill, makeCollected } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

const keysOf = async (invoiceId: string) =>
  (
    await asSystem("test", (tx) =>
      tx
        .select({ key: stripeRequests.key })
        .from(stripeRequests)
        .where(sql`${stripeRequests.key} like ${`inv:${invoiceId}:%`}`)
        .orderBy(stripeRequests.id),
    )
  ).map(({ key }) => key.replace(`inv:${invoiceId}:`, ""));

/** Stripe's invoices of one of ours. */
const atStripe = (invoiceId: string) =>
  double.world.invoices.where((one) => one.metadata?.invoice_id === invoiceId);

describe("an invoice that Stripe collects", () => {
  it("is there once, with our number, our date and what is due, however often it is asked for", async () => {
    const { tenant, invoiceId } = await makeBill();
    const platform = await makePlatform();
    await Promise.allSettled(Array.from({ length: 3 }, () => collectThroughStripe(platform, { invoiceId })));
    await collectThroughStripe(platform, { invoiceId });
    const [made, ...more] = atStripe(invoiceId);
    expect(more).toEqual([]);
    const [ours] = await asSystem("test", (tx) =>
      tx.select().from(invoices).where(eq(invoices.id, invoiceId)),
    );
    expect(made).toMatchObject({
      status: "open",
      number: ours?.invoiceNumber,
      amount_due: 3000,
      due_date: Math.floor((ours?.dueDate.getTime() ?? 0) / 1000),
      collection_method: "send_invoice",
      auto_advance: false,
      customer_email: `${tenant.adminId}@example.test`,
    });
    expect(made?.lines.data).toMatchObject([{ amount: 3000 }]);
    expect(double.world.events.where(({ type }) => type === "invoice.sent")).toHaveLength(1);
    expect(await keysOf(invoiceId)).toEqual(["create", "line:1", "finalize", "send"]);
    expect(await collectionState(invoiceId)).toMatchObject({
      status: "pending",
      stripeId: made?.id,
      payment: "stripe_invoice pending",
      page: `${double.origin}/invoices/${made?.id}`,
    });
  });

  it("is paid there alone: no card is charged, on its page or by dunning", async () => {
    const tenant = await makePayer();
    await saveCard(double, tenant, "pm_card_visa");
    const invoiceId = await bill(tenant, daysFromNow(10));
    await collectThroughStripe(await makePlatform(), { invoiceId });
    const refused = { reason: "collected_at_stripe" };
    await expect(payInvoice(tenant.admin, payClick(invoiceId))).rejects.toMatchObject(refused);
    await expect(chargeInvoice(tenant.job, { invoiceId })).rejects.toMatchObject(refused);
    await asSystem("test", (tx) =>
      tx
        .update(invoices)
        .set({ nextAttemptAt: daysFromNow(-1) })
        .where(eq(invoices.id, invoiceId)),
    );
    expect(await dunInvoice(tenant.job, invoiceId)).toBe("overdue");
    expect(await dunInvoice(tenant.job, invoiceId)).toBe("nothing");
    expect(chargesOf(double, invoiceId)).toBe(0);
    expect(await collectionState(invoiceId)).toMatchObject({
      status: "overdue",
      payment: "stripe_invoice pending",
    });
  });

  it("is taken back, and goes out again under another number", async () => {
    const { tenant, invoiceId, stripeId } = await makeCollected();
    const platform = await makePlatform();
    await collectHere(platform, { invoiceId });
    await collectHere(platform, { invoiceId });
    expect(double.world.invoices.get(stripeId).status).toBe("void");
    expect(await collectionState(invoiceId)).toMatchObject({
      status: "pending",
      stripeId: null,
      payment: "stripe_invoice canceled",
    });
    const { clientSecret } = await payInvoice(tenant.admin, payClick(invoiceId));
    expect(clientSecret).toBeTruthy();
    await expect(collectThroughStripe(platform, { invoiceId })).rejects.toMatchObject({
      reason: "payment_under_way",
    });
    await asSystem("test", (tx) =>
      tx
        .update(payments)
        .set({ createdAt: sql`now() - interval '2 hours'` })
        .where(eq(payments.invoiceId, invoiceId)),
    );
    await collectThroughStripe(platform, { invoiceId });
    const numbers = atStripe(invoiceId).map(({ status, number }) => `${status} ${number?.slice(-2)}`);
    expect(numbers.filter((one) => one.startsWith("open"))).toEqual(["open -2"]);
    const [left] = double.world.paymentIntents.where((one) => one.metadata.invoice_id === invoiceId);
    expect(left?.status).toBe("canceled");
  });

  it("is refused, with a reason, where Stripe cannot or must not collect it", async () => {
    const platform = await makePlatform();
    const collect = (invoiceId: string) => collectThroughStripe(platform, { invoiceId });
    const partner = await makePartner();
    const theirs = await makePayer(partner.partnerId);
    const sold = await bill(theirs, daysFromNow(10), partner.partnerId);
    await expect(collect(sold)).rejects.toMatchObject({ reason: "sold_by_partner" });
    const { invoiceId } = await makeBill();
    await asSystem("test", (tx) =>
      tx.update(invoices).set({ paidCents: 2951n }).where(eq(invoices.id, invoiceId)),
    );
    await expect(collect(invoiceId)).rejects.toMatchObject({ reason: "too_little" });
    await asSystem("test", (tx) =>
      tx.update(invoices).set({ status: "void" }).where(eq(invoices.id, invoiceId)),
    );
    await expect(collect(invoiceId)).rejects.toMatchObject({ reason: "nothing_due" });
    const planless = await bill(await makeTenant(), daysFromNow(10));
    await expect(collect(planless)).rejects.toMatchObject({ reason: "no_subscription" });
    await expect(collect(crypto.randomUUID())).rejects.toMatchObject({ code: "not_found" });
    await expect(collectHere(platform, { invoiceId: crypto.randomUUID() })).rejects.toMatchObject({
      code: "not_found",
    });
    expect([sold, invoiceId, planless].flatMap(atStripe)).toEqual([]);
  });
});

describe("on its way to Stripe", () => {
  const CALLS = [
    "POST /v1/invoices",
    "POST /v1/invoiceitems",
    "POST /v1/invoices/*/finalize",
    "POST /v1/invoices/*/send",
  ];
  const LOST: Trouble[] = ["cut_after", "fail_after"];
  const NEVER_SENT = { call: "POST /v1/invoices/*/finalize", trouble: "cut_before" as Trouble };

  it.each([...CALLS.flatMap((call) => LOST.map((trouble) => ({ call, trouble }))), NEVER_SENT])(
    "is made once when $call is lost: $trouble",
    async ({ call, trouble }) => {
      const { invoiceId } = await makeBill();
      double.api.orders.add({ call, do: trouble });
      await expect(collectThroughStripe(await makePlatform(), { invoiceId })).rejects.toMatchObject({
        code: "upstream",
      });
      expect((await collectionState(invoiceId)).payment).toBe("stripe_invoice pending");
      await asSystem("test", (tx) =>
        tx
          .update(payments)
          .set({ createdAt: sql`${payments.createdAt} - interval '2 minutes'` })
          .where(eq(payments.invoiceId, invoiceId)),
      );
      expect((await sweepPayments()).collected).toBe(1);
      expect((await sweepPayments()).collected).toBe(0);
      expect(atStripe(invoiceId)).toMatchObject([
        { status: "open", amount_due: 3000, lines: { data: [{ amount: 3000 }] } },
      ]);
    },
  );

  it("ends where Stripe refuses it: the invoice is paid here again, and nothing of it can be paid there", async () => {
    const { tenant, invoiceId } = await makeBill();
    double.api.orders.add({ call: "POST /v1/invoices/*/send", do: "refuse" });
    await expect(collectThroughStripe(await makePlatform(), { invoiceId })).rejects.toMatchObject({
      code: "conflict",
      message: "Stripe does not collect this invoice: The request was refused.",
    });
    expect(atStripe(invoiceId).map(({ status }) => status)).toEqual(["void"]);
    expect(await collectionState(invoiceId)).toMatchObject({
      status: "pending",
      stripeId: null,
      payment: "stripe_invoice failed",
    });
    expect((await payInvoice(tenant.admin, payClick(invoiceId))).clientSecret).toBeTruthy();
  });
});
