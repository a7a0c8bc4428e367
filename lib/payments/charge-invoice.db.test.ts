import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { payments } from "@/db/schema/payments";
import { getStripe } from "@/lib/stripe/client";
import { deliver, deliverAnyhow, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { bill, billState, chargesOf, payClick } from "./bill-testing";
import { chargeInvoice, payInvoice } from "./commands/pay-invoice";
import { refreshPayment } from "./commands/topup";
import { books, intentIdOf, pay, saveCard } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

const charged = (invoiceId: string) => chargesOf(double, invoiceId);

/** An hour goes by since the last try. */
async function hourLater(invoiceId: string): Promise<void> {
  await asSystem("test", (tx) =>
    tx
      .update(payments)
      .set({ createdAt: sql`${payments.createdAt} - interval '61 minutes'` })
      .where(eq(payments.invoiceId, invoiceId)),
  );
}

describe("charging an invoice while nobody is there", () => {
  it("takes the saved card, once", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({ outcome: "no_card" });
    await saveCard(double, tenant, "pm_card_visa");
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({ outcome: "succeeded" });
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
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
    expect(await billState(invoiceId)).toMatchObject({ status: "pending", tries: ["failed", "failed"] });
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
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
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
    const payment = await payInvoice(tenant.admin, payClick(invoiceId));
    await pay(payment, "pm_card_authenticationRequired");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
  });

  it("is made once for its name, and tells again what became of it", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    await saveCard(double, tenant, "pm_card_chargeCustomerFail");
    const input = { invoiceId, tryName: "day-0" };
    const first = await chargeInvoice(tenant.job, input);
    expect(first).toMatchObject({ outcome: "failed", reason: "generic_decline" });
    expect(await chargeInvoice(tenant.job, input)).toEqual(first);
    expect(await billState(invoiceId)).toMatchObject({ tries: ["failed"] });
    await chargeInvoice(tenant.job, { invoiceId, tryName: "day-2" });
    expect(await chargeInvoice(tenant.job, input)).toEqual(first);
    expect(await billState(invoiceId)).toMatchObject({ tries: ["failed", "failed"] });
  });

  it("takes back what somebody began on the page and left, but nothing that is being paid", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    await saveCard(double, tenant, "pm_card_visa");
    const form = payClick(invoiceId);
    const left = await payInvoice(tenant.admin, form);
    await expect(chargeInvoice(tenant.job, { invoiceId })).rejects.toMatchObject({
      reason: "payment_under_way",
    });
    await hourLater(invoiceId);
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({ outcome: "succeeded" });
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["canceled", "succeeded"] });
    await expect(pay(left, "pm_card_visa")).rejects.toThrow();
    await expect(payInvoice(tenant.admin, form)).rejects.toMatchObject({ reason: "nothing_due" });
    expect(charged(invoiceId)).toBe(1);
  });

  it("takes back a call that never arrived, and its form begins anew", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    await saveCard(double, tenant, "pm_card_chargeCustomerFail");
    const form = payClick(invoiceId);
    double.api.orders.add({ call: "POST /v1/payment_intents", do: "cut_before" });
    await expect(payInvoice(tenant.admin, form)).rejects.toMatchObject({ code: "upstream" });
    await hourLater(invoiceId);
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({ outcome: "failed" });
    const again = await payInvoice(tenant.admin, form);
    expect(await pay(again, "pm_card_visa")).toBe("succeeded");
    await refreshPayment(tenant.admin, { paymentId: again.paymentId });
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["canceled", "succeeded"] });
  });

  it("leaves a charge whose answer was lost to who made it", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    await saveCard(double, tenant, "pm_card_visa");
    double.api.orders.add({ call: "POST /v1/payment_intents", do: "cut_after" });
    await expect(chargeInvoice(tenant.job, { invoiceId })).rejects.toMatchObject({ code: "upstream" });
    await expect(payInvoice(tenant.admin, payClick(invoiceId))).rejects.toMatchObject({
      reason: "payment_under_way",
    });
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({ outcome: "succeeded" });
    expect(charged(invoiceId)).toBe(1);
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
        const payment = await payInvoice(tenant.admin, payClick(invoiceId));
        await pay(payment, "pm_card_authenticationRequired", draw() % 2 === 0 ? "fail" : "complete");
        const { stripe } = await getStripe();
        const { status } = await stripe.paymentIntents.retrieve(intentIdOf(payment));
        if (status !== "succeeded") await pay(payment, "pm_card_visa");
        const ids = eventIds(double, from);
        await deliverAnyhow(double, ids, draw);
        await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
        await deliver(double, ids);
        expect(await billState(invoiceId)).toMatchObject({
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
