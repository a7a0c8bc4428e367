import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { invoices } from "@/db/schema/invoices";
import { payments, refunds } from "@/db/schema/payments";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { issueCreditNoteInput } from "@/lib/billing/input";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { chargeInvoice, payInvoice } from "./commands/pay-invoice";
import { refreshPayment } from "./commands/topup";
import { payInvoiceInput } from "./input";
import { sweepPayments } from "./sweep";
import { books, intentIdOf, pay, saveCard } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

/** An invoice of $30 that is to be paid. */
async function bill({ tenantId }: TestTenant): Promise<string> {
  const id = newId();
  const start = new Date("2026-10-01T00:00:00Z");
  await asSystem("test", (tx) =>
    tx.insert(invoices).values({
      id,
      tenantId,
      invoiceNumber: `T-${id}`,
      series: `T${id}`,
      sequence: 1,
      totalAmount: "30.000000",
      subtotalCents: 3000n,
      periodStart: start,
      periodEnd: new Date("2026-11-01T00:00:00Z"),
      dueDate: new Date("2026-11-15T00:00:00Z"),
      sellerName: "Seller",
      customerName: "Customer",
      finalizedAt: start,
    }),
  );
  return id;
}

const click = (invoiceId: string, requestKey = newId()) => payInvoiceInput.parse({ invoiceId, requestKey });

async function stateOf(invoiceId: string) {
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

const charged = (invoiceId: string) =>
  double.world.paymentIntents.where(
    (one) => one.metadata.invoice_id === invoiceId && one.status === "succeeded",
  ).length;

describe("paying an invoice on the page", () => {
  it("is one charge, however often and by how many it is pressed", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    const presses = Array.from({ length: 4 }, () => payInvoice(tenant.admin, click(invoiceId)));
    expect((await Promise.allSettled(presses)).some(({ status }) => status === "fulfilled")).toBe(true);
    const here = await payInvoice(tenant.admin, click(invoiceId));
    const there = await payInvoice(tenant.admin, click(invoiceId));
    expect(there.clientSecret).toBe(here.clientSecret);
    expect(await pay(here, "pm_card_visa")).toBe("succeeded");
    await expect(pay(there, "pm_card_visa")).rejects.toThrow(/already succeeded/);
    await refreshPayment(tenant.admin, { paymentId: here.paymentId });
    expect(await stateOf(invoiceId)).toMatchObject({
      status: "paid",
      paidCents: 3000n,
      intent: intentIdOf(here),
      tries: ["succeeded"],
    });
    expect(charged(invoiceId)).toBe(1);
    await expect(payInvoice(tenant.admin, click(invoiceId))).rejects.toMatchObject({ reason: "nothing_due" });
  });

  it("takes another card after a decline, for the same payment", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    const payment = await payInvoice(tenant.admin, click(invoiceId));
    await pay(payment, "pm_card_chargeDeclined");
    expect(await refreshPayment(tenant.admin, { paymentId: payment.paymentId })).toMatchObject({
      status: "failed",
    });
    const again = await payInvoice(tenant.admin, click(invoiceId));
    expect(again.paymentId).toBe(payment.paymentId);
    await pay(again, "pm_card_authenticationRequired");
    await refreshPayment(tenant.admin, { paymentId: again.paymentId });
    expect(await stateOf(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
  });

  it("is the workspace's own, and its admins'", async () => {
    const [tenant, stranger] = [await makePayer(), await makePayer()];
    const invoiceId = await bill(tenant);
    await expect(payInvoice(stranger.admin, click(invoiceId))).rejects.toMatchObject({ code: "not_found" });
    const { rows } = await (await database()).pool.query(
      "select 1 from stripe_requests where tenant_id = $1",
      [stranger.admin.tenantId],
    );
    expect(rows).toEqual([]);
    await expect(payInvoice(tenant.member, click(invoiceId))).rejects.toMatchObject({ code: "forbidden" });
    await expect(chargeInvoice(stranger.job, { invoiceId })).rejects.toMatchObject({ code: "not_found" });
    await expect(chargeInvoice(tenant.admin, { invoiceId })).rejects.toMatchObject({ code: "forbidden" });
    expect(await stateOf(invoiceId)).toMatchObject({ status: "pending", tries: [] });
  });
});

describe("charging an invoice while nobody is there", () => {
  it("takes the saved card, once", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({ outcome: "no_card" });
    await saveCard(double, tenant, "pm_card_visa");
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({ outcome: "succeeded" });
    expect(await stateOf(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
    await expect(chargeInvoice(tenant.job, { invoiceId })).rejects.toMatchObject({ reason: "nothing_due" });
    expect(charged(invoiceId)).toBe(1);
  });

  it("is a new try with a new number behind a decline, and tells why", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    await saveCard(double, tenant, "pm_card_chargeCustomerFail");
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({
      outcome: "failed",
      reason: "generic_decline",
    });
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({ outcome: "failed" });
    expect(await stateOf(invoiceId)).toMatchObject({ status: "pending", tries: ["failed", "failed"] });
    const keys = double.calls.filter(({ key }) => key?.startsWith(`inv:${invoiceId}`)).map(({ key }) => key);
    expect(keys).toEqual([`inv:${invoiceId}:pay:1`, `inv:${invoiceId}:pay:2`]);
    const open = double.world.paymentIntents.where(
      (one) => one.metadata.invoice_id === invoiceId && one.status === "requires_payment_method",
    );
    expect(open).toHaveLength(1);
  });

  it("goes on with its own key when the answer was lost", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    await saveCard(double, tenant, "pm_card_visa");
    double.api.orders.add({ call: "POST /v1/payment_intents", do: "cut_after" });
    await expect(chargeInvoice(tenant.job, { invoiceId })).rejects.toMatchObject({ code: "upstream" });
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({ outcome: "succeeded" });
    expect(await stateOf(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
    expect(charged(invoiceId)).toBe(1);
  });

  it("leaves what the bank wants to be asked about to somebody who is there", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    await saveCard(double, tenant, "pm_card_authenticationRequired");
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({
      outcome: "failed",
      reason: "authentication_required",
    });
    const payment = await payInvoice(tenant.admin, click(invoiceId));
    await pay(payment, "pm_card_authenticationRequired");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    expect(await stateOf(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
  });

  it("is paid once in whatever order events come, twice, late, or lost and made up by a look", async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), async (numbers) => {
        const draw = () => numbers.next().value ?? 0;
        const tenant = await makePayer();
        const invoiceId = await bill(tenant);
        await saveCard(double, tenant, "pm_card_chargeCustomerFail");
        const from = eventIds(double).length;
        await chargeInvoice(tenant.job, { invoiceId });
        const payment = await payInvoice(tenant.admin, click(invoiceId));
        await pay(payment, "pm_card_authenticationRequired", draw() % 2 === 0 ? "fail" : "complete");
        const { stripe } = await getStripe();
        const { status } = await stripe.paymentIntents.retrieve(intentIdOf(payment));
        if (status !== "succeeded") await pay(payment, "pm_card_visa");
        const ids = eventIds(double, from);
        const heard = [...ids, ...ids]
          .map((id) => ({ id, at: draw(), isLost: draw() % 3 === 0 }))
          .filter(({ isLost }) => !isLost)
          .sort((a, b) => a.at - b.at);
        await deliver(
          double,
          heard.map(({ id }) => id),
        );
        await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
        await deliver(double, ids);
        expect(await stateOf(invoiceId)).toMatchObject({
          status: "paid",
          paidCents: 3000n,
          tries: ["succeeded"],
        });
        expect((await books(tenant)).balance).toBe("0.000000");
      }),
      { numRuns: 8 },
    );
  });
});

describe("refunds of a paid invoice", () => {
  /** A paid invoice of which $12 are taken back as money. */
  async function takenBack(card: string): Promise<{ tenant: TestTenant; from: number }> {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    const payment = await payInvoice(tenant.admin, click(invoiceId));
    await pay(payment, card);
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    const from = eventIds(double).length;
    const lines = [{ description: "A day without service", amount: "12" }];
    const input = issueCreditNoteInput.parse({
      invoiceId,
      lines,
      reason: "The service was down.",
      refund: "money",
    });
    await issueCreditNote(await makePlatform(), input);
    await asSystem("test", (tx) =>
      tx
        .update(refunds)
        .set({ createdAt: sql`now() - interval '2 minutes'` })
        .where(eq(refunds.tenantId, tenant.tenantId)),
    );
    expect((await sweepPayments()).refunded).toBe(1);
    return { tenant, from };
  }

  it("are sent to the card that paid, once", async () => {
    const { tenant, from } = await takenBack("pm_card_visa");
    await deliver(double, eventIds(double, from));
    await sweepPayments();
    expect(await books(tenant)).toMatchObject({ balance: "0.000000", refunds: ["succeeded 1200"] });
  });

  it("become credit when the bank sends them back", async () => {
    const { tenant, from } = await takenBack("pm_card_refundFail");
    double.world.clock.advance(2 * 3600);
    await deliver(double, [...eventIds(double, from), ...eventIds(double, from)]);
    expect(await books(tenant)).toMatchObject({
      balance: "12.000000",
      lots: ["paid 12.000000"],
      refunds: ["failed 1200"],
    });
  });
});
