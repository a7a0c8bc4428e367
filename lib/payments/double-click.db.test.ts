import { eq } from "drizzle-orm";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { stripeRequests } from "@/db/schema/stripe";
import { newId } from "@/lib/ids";
import { makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { bill, billState, chargesOf, payClick } from "./bill-testing";
import { payInvoice } from "./commands/pay-invoice";
import { refreshPayment, startTopup } from "./commands/topup";
import type { StartedPayment } from "./started-payment";
import { books, click, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

/** Twenty at the same moment; whoever comes while Stripe works for another is asked by it to come back. */
function twenty(press: () => Promise<StartedPayment>): Promise<StartedPayment[]> {
  double.api.orders.add({ call: "POST /v1/payment_intents", do: "slow" });
  return Promise.all(Array.from({ length: 20 }, press));
}

const oneOf = (payments: readonly StartedPayment[]) =>
  new Set(payments.map(({ paymentId, clientSecret }) => `${paymentId} ${clientSecret}`)).size;

const openRequests = async (tenantId: string) =>
  asSystem("test", (tx) =>
    tx
      .select({ status: stripeRequests.status })
      .from(stripeRequests)
      .where(eq(stripeRequests.tenantId, tenantId)),
  );

describe("a double click on pay", () => {
  it("of an invoice: twenty identical presses at once are one charge, and all are answered the same", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    const requestKey = newId();
    const payments = await twenty(() => payInvoice(tenant.admin, payClick(invoiceId, requestKey)));
    expect(oneOf(payments)).toBe(1);
    const [first] = payments;
    if (!first) throw new Error("nothing was begun");
    const paid = await Promise.allSettled(payments.map((one) => pay(one, "pm_card_visa")));
    expect(paid.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await Promise.all(payments.map(({ paymentId }) => refreshPayment(tenant.admin, { paymentId })));
    expect(chargesOf(double, invoiceId)).toBe(1);
    expect(await billState(invoiceId)).toMatchObject({ status: "paid", tries: ["succeeded"] });
    expect((await openRequests(tenant.tenantId)).every(({ status }) => status === "done")).toBe(true);
  });

  it("of credit: twenty identical presses at once are one charge, and all are answered the same", async () => {
    const tenant = await makePayer();
    const input = click();
    const payments = await twenty(() => startTopup(tenant.admin, input));
    expect(oneOf(payments)).toBe(1);
    const paid = await Promise.allSettled(payments.map((one) => pay(one, "pm_card_visa")));
    expect(paid.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await Promise.all(payments.map(({ paymentId }) => refreshPayment(tenant.admin, { paymentId })));
    expect(await books(tenant)).toMatchObject({ balance: "25.000000", topups: ["paid"] });
    expect((await openRequests(tenant.tenantId)).every(({ status }) => status === "done")).toBe(true);
  });
});
