import { eq, sql } from "drizzle-orm";
import Stripe from "stripe";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";

import { payments, topups } from "@/db/schema/payments";
import { auditLog } from "@/db/schema/system";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { recordPaymentInput } from "@/lib/billing/input";
import { dunInvoice } from "@/lib/dunning/run";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { customerOf, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { bill, billState, chargesOf, payClick } from "./bill-testing";
import { removeMethod, setDefaultMethod } from "./commands/methods";
import { chargeInvoice, chargeSaved, payInvoice } from "./commands/pay-invoice";
import { refreshPayment, startTopup } from "./commands/topup";
import { listMethods } from "./queries";
import { sweepPayments } from "./sweep";
import { books, click, pay, saveCard } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

const INTENTS = "POST /v1/payment_intents";
const DAY_0 = new Date("2026-09-01T00:00:00Z");

/** Time goes by for a tenant's payments. */
async function hoursLater({ tenantId }: TestTenant, hours: number): Promise<void> {
  await asSystem("test", (tx) =>
    tx
      .update(payments)
      .set({ createdAt: sql`${payments.createdAt} - make_interval(hours => ${hours})` })
      .where(eq(payments.tenantId, tenantId)),
  );
}

/** An invoice whose charge was lost on its way: `cut_before` never arrived, of `cut_after` the answer did not. */
async function lostCharge(how: "cut_before" | "cut_after", card = "pm_card_visa") {
  const tenant = await makePayer();
  const invoiceId = await bill(tenant, DAY_0);
  await saveCard(double, tenant, card);
  double.api.orders.add({ call: INTENTS, do: how });
  await expect(chargeInvoice(tenant.job, { invoiceId, tryName: "day-0" })).rejects.toMatchObject({
    code: "upstream",
  });
  return { tenant, invoiceId };
}

/** Another card is saved and becomes the one that is charged. */
async function chooseAnother(tenant: TestTenant, card: string): Promise<void> {
  await saveCard(double, tenant, card);
  const other = (await listMethods(tenant.admin)).find(({ isDefault }) => !isDefault);
  await setDefaultMethod(tenant.admin, { methodId: other?.id ?? "", requestKey: newId() });
}

async function removeCard(tenant: TestTenant): Promise<void> {
  const [card] = await listMethods(tenant.admin);
  await removeMethod(tenant.admin, { methodId: card?.id ?? "" });
}

const byTransfer = (invoiceId: string) =>
  recordPaymentInput.parse({ invoiceId, method: "bank_transfer", reference: newId() });

describe("a charge that was lost on its way", () => {
  it("goes on with the card it was begun with, whichever is charged by now", async () => {
    for (const how of ["cut_before", "cut_after"] as const) {
      const { tenant, invoiceId } = await lostCharge(how);
      await chooseAnother(tenant, "pm_card_chargeCustomerFail");
      expect(await chargeInvoice(tenant.job, { invoiceId, tryName: "day-0" })).toMatchObject({
        outcome: "succeeded",
      });
      expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
      expect(chargesOf(double, invoiceId)).toBe(1);
    }
  });

  it("is taken back after an hour, and the card of now is charged under the next number, also for its name", async () => {
    const { tenant, invoiceId } = await lostCharge("cut_before");
    await chooseAnother(tenant, "pm_card_mastercard");
    await hoursLater(tenant, 72);
    const input = { invoiceId, tryName: "day-0" };
    const charged = await chargeInvoice(tenant.job, input);
    expect(charged).toMatchObject({ outcome: "succeeded" });
    expect(await chargeInvoice(tenant.job, { ...input }).catch((error) => error)).toMatchObject({
      reason: "nothing_due",
    });
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["canceled", "succeeded"] });
    expect(chargesOf(double, invoiceId)).toBe(1);
    const keys = double.calls.filter(({ key }) => key?.startsWith(`inv:${invoiceId}`)).map(({ key }) => key);
    expect(keys).toEqual([`inv:${invoiceId}:pay:1`, `inv:${invoiceId}:pay:2`]);
  });

  it("is booked, not charged again, when it had arrived after all", async () => {
    const { tenant, invoiceId } = await lostCharge("cut_after");
    await hoursLater(tenant, 72);
    await expect(chargeInvoice(tenant.job, { invoiceId })).rejects.toMatchObject({ reason: "nothing_due" });
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
    expect(chargesOf(double, invoiceId)).toBe(1);
  });

  it("does not stop dunning: its card is gone, and the step is made with another or with none", async () => {
    const { tenant, invoiceId } = await lostCharge("cut_before");
    await removeCard(tenant);
    expect(await chargeInvoice(tenant.job, { invoiceId })).toMatchObject({ outcome: "no_card" });
    expect(await billState(invoiceId)).toMatchObject({ tries: ["canceled"] });
    await saveCard(double, tenant, "pm_card_mastercard");
    expect(await dunInvoice(tenant.job, invoiceId)).toBe("paid");
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["canceled", "succeeded"] });
  });

  it("leaves the invoice to its page after an hour", async () => {
    const { tenant, invoiceId } = await lostCharge("cut_before");
    await expect(payInvoice(tenant.admin, payClick(invoiceId))).rejects.toMatchObject({
      reason: "payment_under_way",
    });
    await hoursLater(tenant, 2);
    const payment = await payInvoice(tenant.admin, payClick(invoiceId));
    expect(await pay(payment, "pm_card_visa")).toBe("succeeded");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["canceled", "succeeded"] });
  });

  it("is ended by the sweep, with a line in the audit log, and a transfer can be recorded", async () => {
    const platform = await makePlatform();
    const { tenant, invoiceId } = await lostCharge("cut_before");
    await sweepPayments();
    await expect(recordPayment(platform, byTransfer(invoiceId))).rejects.toMatchObject({
      reason: "payment_under_way",
    });
    await hoursLater(tenant, 2);
    expect((await sweepPayments()).ended).toBe(1);
    expect((await sweepPayments()).ended).toBe(0);
    const logged = await asSystem("test", (tx) =>
      tx.select({ action: auditLog.action }).from(auditLog).where(eq(auditLog.tenantId, tenant.tenantId)),
    );
    expect(logged.filter(({ action }) => action === "payment.canceled")).toHaveLength(1);
    await recordPayment(platform, byTransfer(invoiceId));
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["canceled", "succeeded"] });
  });

  it("ends with the credit it was to buy, or is found", async () => {
    const tenant = await makePayer();
    await startTopup(tenant.admin, click());
    for (const how of ["cut_before", "cut_after"] as const) {
      double.api.orders.add({ call: INTENTS, do: how });
      await expect(startTopup(tenant.admin, click())).rejects.toMatchObject({ code: "upstream" });
    }
    await hoursLater(tenant, 2);
    await sweepPayments();
    const kept = await asSystem("test", (tx) =>
      tx
        .select({ status: topups.status })
        .from(topups)
        .where(eq(topups.tenantId, tenant.tenantId))
        .orderBy(topups.id),
    );
    expect(kept.map(({ status }) => status)).toEqual(["pending", "canceled", "canceled"]);
    expect((await books(tenant)).balance).toBe("0.000000");
  });
});

describe("a charge that Stripe would not take", () => {
  it("waits for a key that Stripe takes, and is made then; dunning does not go on meanwhile", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant, DAY_0);
    await saveCard(double, tenant, "pm_card_visa");
    const { hostname: host, port } = new URL(double.origin);
    const wrong = new Stripe("sk_wrong", { host, port, protocol: "http", maxNetworkRetries: 0 });
    const charged = chargeSaved(wrong, tenant.job, { invoiceId, tryName: "day-0" });
    await expect(charged).rejects.toMatchObject({ reason: "stripe_key_refused" });
    expect(await billState(invoiceId)).toMatchObject({ tries: ["pending"] });
    expect(await dunInvoice(tenant.job, invoiceId)).toBe("paid");
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
  });

  it("is over, and the next one and the page begin anew", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant, DAY_0);
    await saveCard(double, tenant, "pm_card_visa");
    // Taken away at Stripe, and nothing was heard of it yet.
    const { stripe } = await getStripe();
    const customer = await customerOf(tenant);
    const [card] = double.world.paymentMethods.where((one) => one.customer === customer);
    await stripe.paymentMethods.detach(card?.id ?? "");
    const refused = await chargeInvoice(tenant.job, { invoiceId, tryName: "day-0" });
    expect(refused).toMatchObject({ outcome: "failed" });
    expect(await billState(invoiceId)).toMatchObject({ tries: ["failed"] });
    expect(await chargeInvoice(tenant.job, { invoiceId, tryName: "day-0" })).toEqual(refused);
    const payment = await payInvoice(tenant.admin, payClick(invoiceId));
    expect(await pay(payment, "pm_card_visa")).toBe("succeeded");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["failed", "succeeded"] });
  });
});
