import { eq, sql } from "drizzle-orm";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { refunds } from "@/db/schema/payments";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { issueCreditNoteInput } from "@/lib/billing/input";
import { newId } from "@/lib/ids";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { bill, billState, chargesOf, payClick } from "./bill-testing";
import { chargeInvoice, payInvoice } from "./commands/pay-invoice";
import { refreshPayment } from "./commands/topup";
import { sweepPayments } from "./sweep";
import { books, intentIdOf, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

const charged = (invoiceId: string) => chargesOf(double, invoiceId);

describe("paying an invoice on the page", () => {
  it("is one charge, however often and by how many it is pressed", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    const presses = Array.from({ length: 4 }, () => payInvoice(tenant.admin, payClick(invoiceId)));
    expect((await Promise.allSettled(presses)).some(({ status }) => status === "fulfilled")).toBe(true);
    const here = await payInvoice(tenant.admin, payClick(invoiceId));
    const there = await payInvoice(tenant.admin, payClick(invoiceId));
    expect(there.clientSecret).toBe(here.clientSecret);
    expect(await pay(here, "pm_card_visa")).toBe("succeeded");
    await expect(pay(there, "pm_card_visa")).rejects.toThrow(/already succeeded/);
    await refreshPayment(tenant.admin, { paymentId: here.paymentId });
    expect(await billState(invoiceId)).toMatchObject({
      status: "paid",
      paidCents: 3000n,
      intent: intentIdOf(here),
      tries: ["succeeded"],
    });
    expect(charged(invoiceId)).toBe(1);
    await expect(payInvoice(tenant.admin, payClick(invoiceId))).rejects.toMatchObject({
      reason: "nothing_due",
    });
  });

  it("takes another card after a decline, for the same payment", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    const payment = await payInvoice(tenant.admin, payClick(invoiceId));
    await pay(payment, "pm_card_chargeDeclined");
    expect(await refreshPayment(tenant.admin, { paymentId: payment.paymentId })).toMatchObject({
      status: "failed",
    });
    const again = await payInvoice(tenant.admin, payClick(invoiceId));
    expect(again.paymentId).toBe(payment.paymentId);
    await pay(again, "pm_card_authenticationRequired");
    await refreshPayment(tenant.admin, { paymentId: again.paymentId });
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
  });

  it("is the workspace's own, and its admins'", async () => {
    const [tenant, stranger] = [await makePayer(), await makePayer()];
    const invoiceId = await bill(tenant);
    await expect(payInvoice(stranger.admin, payClick(invoiceId))).rejects.toMatchObject({
      code: "not_found",
    });
    const { rows } = await (await database()).pool.query(
      "select 1 from stripe_requests where tenant_id = $1",
      [stranger.admin.tenantId],
    );
    expect(rows).toEqual([]);
    await expect(payInvoice(tenant.member, payClick(invoiceId))).rejects.toMatchObject({ code: "forbidden" });
    await expect(chargeInvoice(stranger.job, { invoiceId })).rejects.toMatchObject({ code: "not_found" });
    await expect(chargeInvoice(tenant.admin, { invoiceId })).rejects.toMatchObject({ code: "forbidden" });
    expect(await billState(invoiceId)).toMatchObject({ status: "pending", tries: [] });
  });
});

describe("refunds of a paid invoice", () => {
  /** A paid invoice of which $12 are taken back as money. */
  async function takenBack(card: string): Promise<{ tenant: TestTenant; from: number }> {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    const payment = await payInvoice(tenant.admin, payClick(invoiceId));
    await pay(payment, card);
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    const from = eventIds(double).length;
    const lines = [{ description: "A day without service", amount: "12" }];
    const input = issueCreditNoteInput.parse({
      invoiceId,
      lines,
      reason: "The service was down.",
      refund: "money",
      requestKey: newId(),
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
