import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { stripeEvents } from "@/db/schema/stripe";
import { auditLog } from "@/db/schema/system";
import type { PlatformScope } from "@/db/scope";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { retryEvent } from "@/lib/stripe/commands";
import { deliver, eventIds, eventStates, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { listPaymentsInput } from "./admin-input";
import { listOpenEvents, listPayments, listReceivables, paymentFigures } from "./admin-queries";
import { bill, payClick } from "./bill-testing";
import { chargeInvoice, payInvoice } from "./commands/pay-invoice";
import { refundTopup } from "./commands/refund";
import { refreshPayment, startTopup } from "./commands/topup";
import { refundTopupInput } from "./refund-input";
import { click, pay, saveCard } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

let admin: PlatformScope;
beforeAll(async () => {
  admin = await makePlatform();
});

const list = async (filter: Record<string, string> = {}) => {
  const page = await listPayments(admin, listPaymentsInput.parse(filter));
  const show = ({
    status,
    amountCents,
    refundedCents,
    creditLeft,
    attempt,
  }: (typeof page.items)[number]) => ({
    status,
    amountCents,
    refundedCents,
    creditLeft,
    attempt,
  });
  return { failed: page.failed.map(show), items: page.items.map(show) };
};

describe("the platform's payments", () => {
  it("show the last failed try of what is not paid first, and then all of them, by what is asked for", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    await saveCard(double, tenant, "pm_card_chargeCustomerFail");
    await chargeInvoice(tenant.job, { invoiceId });
    await chargeInvoice(tenant.job, { invoiceId });
    const open = { status: "failed", amountCents: 3000n, refundedCents: 0n, creditLeft: null };
    expect(await list()).toEqual({
      failed: [{ ...open, attempt: 2 }],
      items: [2, 1].map((attempt) => ({ ...open, attempt })),
    });
    expect(await list({ status: "succeeded" })).toEqual({ failed: [], items: [] });
    expect((await list({ tenantId: tenant.tenantId, method: "card" })).items).toHaveLength(2);
    expect((await listReceivables(admin)).map(({ id }) => id)).toEqual([invoiceId]);
    expect(await paymentFigures(admin)).toMatchObject({
      receivable: { cents: 3000n, count: 1 },
      received: { cents: 0n, count: 0 },
      failed: { cents: 6000n, count: 2 },
      uncollectible: { cents: 0n, count: 0 },
    });
    await recordPayment(admin, { invoiceId, method: "bank_transfer", reference: "R-7" });
    expect((await list()).failed).toEqual([]);
    expect(await listReceivables(admin)).toEqual([]);
    expect(await paymentFigures(admin)).toMatchObject({
      receivable: { cents: 0n, count: 0 },
      received: { cents: 3000n, count: 1 },
    });
  });

  it("show what is left of bought credit, and what of it went back", async () => {
    const tenant = await makePayer();
    const payment = await startTopup(tenant.admin, click("25"));
    await pay(payment, "pm_card_visa");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    const shown = async () => (await list({ tenantId: tenant.tenantId })).items;
    expect(await shown()).toMatchObject([
      { status: "succeeded", creditLeft: "25.000000", refundedCents: 0n },
    ]);
    const [row] = (await listPayments(admin, listPaymentsInput.parse({ tenantId: tenant.tenantId }))).items;
    await refundTopup(
      admin,
      refundTopupInput.parse({
        topupId: row?.topupId,
        amount: "10",
        reason: "By mistake.",
        requestKey: crypto.randomUUID(),
      }),
    );
    expect(await shown()).toMatchObject([{ creditLeft: "15.000000", refundedCents: 1000n }]);
  });
});

describe("an event that was given up", () => {
  it("is shown with why, and applied when somebody says so, once", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    const from = eventIds(double).length;
    const payment = await payInvoice(tenant.admin, payClick(invoiceId));
    await pay(payment, "pm_card_visa");
    const id = eventIds(double, from).find(
      (one) => double.world.events.get(one)?.type === "payment_intent.succeeded",
    );
    if (!id) throw new Error("nothing was paid");
    double.api.orders.add({ call: "GET /v1/payment_intents/*", do: "cut_before" });
    await expect(deliver(double, [id])).rejects.toMatchObject({ code: "upstream" });
    await asSystem("test", (tx) =>
      tx
        .update(stripeEvents)
        .set({ status: "failed", attempts: 9, error: "Nobody answered." })
        .where(eq(stripeEvents.id, id)),
    );
    expect((await listOpenEvents(admin)).find((event) => event.id === id)).toMatchObject({
      status: "failed",
      attempts: 9,
      error: "Nobody answered.",
    });
    expect(await retryEvent(admin, { eventId: id })).toEqual({ outcome: "done" });
    expect(await eventStates([id])).toEqual(["done"]);
    expect((await listOpenEvents(admin)).map((event) => event.id)).not.toContain(id);
    expect((await listReceivables(admin)).map((row) => row.id)).not.toContain(invoiceId);
    await expect(retryEvent(admin, { eventId: id })).rejects.toMatchObject({ reason: "applied" });
    await expect(retryEvent(admin, { eventId: "evt_nobody" })).rejects.toMatchObject({ code: "not_found" });
    const rows = await asSystem("test", (tx) =>
      tx.select().from(auditLog).where(eq(auditLog.action, "stripe_event.retry")),
    );
    expect(rows).toMatchObject([{ targetId: id, before: { status: "failed", attempts: 9 } }]);
  });
});
