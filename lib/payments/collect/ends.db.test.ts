import { eq, sql } from "drizzle-orm";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { notifications } from "@/db/schema/notifications";
import { payments } from "@/db/schema/payments";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { voidInvoice } from "@/lib/billing/commands/void";
import { issueCreditNoteInput } from "@/lib/billing/input";
import { newId } from "@/lib/ids";
import { endedCollections } from "@/lib/reconcile/ended-collections";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { brokenMoney } from "@/lib/wallet/testing";
import { collectHere, collectThroughStripe } from "../commands/collect-invoice";
import { ensureCustomer } from "../customer";
import { books } from "../testing";
import { tellCollections } from "./notices";
import { collectionState, makeBill, makeCollected, payAtStripe } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

const stateAtStripe = (stripeId: string) => double.world.invoices.get(stripeId).status;
const noticesOf = (userId: string) =>
  asSystem("test", (tx) => tx.select().from(notifications).where(eq(notifications.userId, userId)));

/** The intent that is to pay an invoice of Stripe's. */
function intentOf(stripeId: string) {
  const [payment] = double.world.invoicePayments.where(({ invoice }) => invoice === stripeId);
  return double.world.paymentIntents.get(String(payment?.payment.payment_intent));
}

/** What the reconciliation finds of one, an hour later; puts it right where it can. */
async function reconcile(invoiceId: string): Promise<{ subject: string; isFixed: boolean }[]> {
  const { stripe } = await getStripe();
  const found = await endedCollections(stripe, new Date(Date.now() + 3_600_000).toISOString());
  const ours = found.filter(({ detail }) => detail.invoice === invoiceId);
  return Promise.all(
    ours.map(async ({ subject, fix }) => ({
      subject: subject.replace(/^Invoice \S+ /, ""),
      isFixed: (await fix?.().catch(() => false)) ?? false,
    })),
  );
}

describe("what is done here while it is out at Stripe", () => {
  it("an invoice that was given up there is void there too, once it is made void here", async () => {
    const { invoiceId, stripeId, tenant } = await makeCollected();
    const { stripe } = await getStripe();
    await stripe.invoices.markUncollectible(stripeId);
    await reconcile(invoiceId);
    expect(await collectionState(invoiceId)).toMatchObject({ status: "uncollectible" });
    await voidInvoice(await makePlatform(), { invoiceId, reason: "Wrong customer", outcome: "write_off" });
    expect(stateAtStripe(stripeId)).toBe("void");
    expect(await collectionState(invoiceId)).toMatchObject({ status: "void" });
    expect(await reconcile(invoiceId)).toEqual([]);
    expect((await books(tenant)).balance).toBe("0.000000");
    expect(await brokenMoney()).toEqual([]);
  });

  it("a transfer that is noted, and an invoice that is made void, take it back first", async () => {
    const platform = await makePlatform();
    const noted = await makeCollected();
    const input = { invoiceId: noted.invoiceId, method: "bank_transfer", reference: "4711" } as const;
    double.api.orders.add({ call: "POST /v1/invoices/*/void", do: "cut_after" });
    await expect(recordPayment(platform, input)).rejects.toMatchObject({ code: "upstream" });
    expect((await collectionState(noted.invoiceId)).payment).toBe("stripe_invoice pending");
    await recordPayment(platform, input);
    await recordPayment(platform, input);
    expect(stateAtStripe(noted.stripeId)).toBe("void");
    expect(await collectionState(noted.invoiceId)).toMatchObject({
      status: "paid",
      paidCents: 3000n,
      payment: "bank_transfer succeeded",
    });
    const voided = await makeCollected();
    const about = { invoiceId: voided.invoiceId, reason: "Wrong customer", outcome: "write_off" } as const;
    await voidInvoice(platform, about);
    expect(stateAtStripe(voided.stripeId)).toBe("void");
    expect(await collectionState(voided.invoiceId)).toMatchObject({ status: "void", stripeId: null });
    expect(await brokenMoney()).toEqual([]);
  });

  it("is refused once it was paid there, or while a bank debit is on its way", async () => {
    const platform = await makePlatform();
    const { tenant, invoiceId, stripeId } = await makeCollected();
    intentOf(stripeId).status = "processing";
    await expect(collectHere(platform, { invoiceId })).rejects.toMatchObject({
      reason: "payment_under_way",
    });
    intentOf(stripeId).status = "requires_payment_method";
    await payAtStripe(double, stripeId);
    const input = { invoiceId, method: "bank_transfer", reference: "4711" } as const;
    await expect(recordPayment(platform, input)).rejects.toMatchObject({ reason: "already_paid" });
    expect(await collectionState(invoiceId)).toMatchObject({ status: "paid", paidCents: 3000n, stripeId });
    expect((await books(tenant)).lots).toEqual([]);
  });

  it("a credit note waits until it is collected here again", async () => {
    const platform = await makePlatform();
    const { invoiceId } = await makeCollected();
    const lines = [{ description: "A day", amount: "5" }];
    const input = issueCreditNoteInput.parse({
      invoiceId,
      lines,
      reason: "Down.",
      refund: "credit",
      requestKey: newId(),
    });
    await expect(issueCreditNote(platform, input)).rejects.toMatchObject({ reason: "collected_at_stripe" });
    await collectHere(platform, { invoiceId });
    await issueCreditNote(platform, input);
    await collectThroughStripe(platform, { invoiceId });
    const { stripeId } = await collectionState(invoiceId);
    expect(double.world.invoices.get(stripeId ?? "").amount_due).toBe(2500);
  });
});

describe("what comes of it without our having heard", () => {
  it.each([
    ["paid", "paid", "stripe_invoice succeeded"],
    ["void", "pending", "stripe_invoice canceled"],
    ["uncollectible", "uncollectible", "stripe_invoice pending"],
  ])("%s at Stripe is found and followed by the reconciliation", async (there, status, payment) => {
    const { invoiceId, stripeId } = await makeCollected();
    const { stripe } = await getStripe();
    expect(await reconcile(invoiceId)).toEqual([]);
    if (there === "paid") await payAtStripe(double, stripeId);
    if (there === "void") await stripe.invoices.voidInvoice(stripeId);
    if (there === "uncollectible") await stripe.invoices.markUncollectible(stripeId);
    expect(await reconcile(invoiceId)).toEqual([
      { subject: `is collected at Stripe, and is ${there} there`, isFixed: true },
    ]);
    expect(await collectionState(invoiceId)).toMatchObject({ status, payment });
    expect(await reconcile(invoiceId)).toEqual([]);
  });

  it("another amount than was asked for is never booked, and stays a finding", async () => {
    const from = eventIds(double).length;
    const { tenant, invoiceId, stripeId } = await makeCollected();
    await payAtStripe(double, stripeId);
    intentOf(stripeId).amount_received = 2900;
    const paid = eventIds(double, from).filter((id) =>
      /^invoice(_payment)?\.paid$/.test(double.world.events.get(id).type),
    );
    for (const id of paid) await expect(deliver(double, [id])).rejects.toThrow(/brought 2900/);
    expect(await reconcile(invoiceId)).toEqual([
      { subject: "is collected at Stripe, and is paid there", isFixed: false },
    ]);
    expect(await collectionState(invoiceId)).toMatchObject({
      status: "pending",
      paidCents: 0n,
      payment: "stripe_invoice pending",
    });
    expect((await books(tenant)).lots).toEqual([]);
    intentOf(stripeId).amount_received = 3000;
  });
});

describe("what people are told", () => {
  it("once of each card that was declined and of a bank that asks, with the way to the page", async () => {
    const from = eventIds(double).length;
    const { tenant, stripeId } = await makeCollected();
    const hear = async () => {
      await deliver(double, eventIds(double, from));
      await tellCollections();
      await tellCollections();
      return (await noticesOf(tenant.adminId)).filter(({ kind }) => kind === "payment_failed");
    };
    expect(await hear()).toEqual([]);
    await payAtStripe(double, stripeId, "4000000000000002");
    expect(await hear()).toMatchObject([
      { title: expect.stringMatching(/^A payment of \$30\.00 .* failed$/) },
    ]);
    await payAtStripe(double, stripeId, "4000000000009995");
    expect(await hear()).toHaveLength(2);
    await payAtStripe(double, stripeId, "4000002760003184");
    const told = await hear();
    expect(told.map(({ title }) => title.split(" ").slice(0, 3).join(" "))).toContain("Your bank asks");
    expect(told).toHaveLength(3);
  });

  it("the platform's people of one that could not be made final: it is paid here again", async () => {
    const { tenant, invoiceId } = await makeBill();
    const platform = await makePlatform();
    const { stripe } = await getStripe();
    double.world.unfinalizable.add(await ensureCustomer(stripe, tenant.job));
    const from = eventIds(double).length;
    await expect(collectThroughStripe(platform, { invoiceId })).rejects.toMatchObject({
      message: expect.stringMatching(/location is not recognized/),
    });
    await deliver(double, [...eventIds(double, from), ...eventIds(double, from).toReversed()]);
    expect(await collectionState(invoiceId)).toMatchObject({
      status: "pending",
      stripeId: null,
      payment: "stripe_invoice failed",
      failure: "customer_tax_location_invalid",
    });
    await tellCollections();
    await tellCollections();
    const { actor } = platform;
    const told = await noticesOf(actor.kind === "user" ? actor.userId : "");
    expect(told.filter(({ href }) => href === `/admin/invoices/${invoiceId}`)).toHaveLength(1);
  });

  it("the same when only the event tells it: the answer was lost, and who asked is gone", async () => {
    const { tenant, invoiceId } = await makeBill();
    const { stripe } = await getStripe();
    const customer = await ensureCustomer(stripe, tenant.job);
    double.world.unfinalizable.add(customer);
    double.api.orders.add({ call: "POST /v1/invoices/*/finalize", do: "cut_after" });
    const from = eventIds(double).length;
    await expect(collectThroughStripe(await makePlatform(), { invoiceId })).rejects.toMatchObject({
      code: "upstream",
    });
    expect((await collectionState(invoiceId)).payment).toBe("stripe_invoice pending");
    await deliver(double, eventIds(double, from));
    expect(await collectionState(invoiceId)).toMatchObject({
      stripeId: null,
      payment: "stripe_invoice failed",
    });
    const [{ count } = { count: 0 }] = await asSystem("test", (tx) =>
      tx
        .select({ count: sql<number>`count(*)::int` })
        .from(payments)
        .where(eq(payments.invoiceId, invoiceId)),
    );
    expect(count).toBe(1);
  });
});
