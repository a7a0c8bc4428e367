import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem, asTenant } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { subscriptionChanges } from "@/db/schema/plans";
import { denial } from "@/lib/auth/authorize";
import { jobScope } from "@/lib/auth/scope";
import { shiftClock } from "@/lib/clock";
import { billState, chargesOf, payClick } from "@/lib/payments/bill-testing";
import { removeMethod } from "@/lib/payments/commands/methods";
import { payInvoice } from "@/lib/payments/commands/pay-invoice";
import { refreshPayment } from "@/lib/payments/commands/topup";
import { listMethods } from "@/lib/payments/queries";
import { pay } from "@/lib/payments/testing";
import { startRun } from "@/lib/runs/commands/start";
import { DRIVE_MS, driveRun } from "@/lib/runs/drive";
import { chain, llmNode, publishGraph, readRun, seedRunPrices, TEST_MODEL } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import { findDebt } from "./queries";
import { debtor, debtState, dun, dunTitles, onDay, through } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeAll(() => seedRunPrices());
beforeEach(() => double.api.orders.reset());
afterEach(() => shiftClock(0));

const DECLINES = "pm_card_chargeCustomerFail";

describe("an invoice that nobody pays", () => {
  it("is tried on days 0, 2, 7, 14 and 21, and takes more and more, until it is given up on day 30", async () => {
    const { tenant, invoiceId } = await debtor(double, DECLINES);
    const workflowId = await publishGraph(
      tenant.admin,
      "Ask",
      chain([llmNode("ask", TEST_MODEL)], "{{ ask.text }}"),
    );
    const start = () => startRun(tenant.admin, { workflowId, useDraft: false, input: { text: "Hello" } });
    expect(await through(tenant, invoiceId, [-1, 0, 1, 2, 6])).toEqual([
      "nothing",
      "overdue",
      "nothing",
      "partner_told",
      "nothing",
    ]);
    expect(await debtState(tenant, invoiceId)).toMatchObject({
      invoice: "overdue",
      stage: 2,
      attempts: 2,
      subscription: "past_due",
      isBlocked: false,
    });
    const running = await start();
    expect(await through(tenant, invoiceId, [7])).toEqual(["starts_blocked"]);
    await expect(start()).rejects.toMatchObject({ code: "precondition", reason: "starts_blocked" });
    await expect(start()).rejects.toThrow(/New runs do not start: invoice T-.* is not paid\./);
    expect(await driveRun(tenant.job, running.executionId, { budgetMs: DRIVE_MS })).toEqual({
      againMs: null,
    });
    expect((await readRun(tenant.job, running.executionId)).run.status).toBe("completed");

    expect(await through(tenant, invoiceId, [14, 20, 21])).toEqual(["last_warning", "nothing", "suspended"]);
    expect(await debtState(tenant, invoiceId)).toMatchObject({
      workspace: "suspended",
      suspendedBy: "dunning",
    });
    const suspended = await jobScope(tenant.tenantId, "dunning");
    const people = { ...tenant.admin, tenantStatus: suspended.tenantStatus };
    expect(denial(people, "agent.update")).toMatchObject({ reason: "tenant_suspended" });
    expect([denial(people, "billing.pay"), denial(people, "usage.read"), denial(people, "run.read")]).toEqual(
      [null, null, null],
    );
    expect(await through(tenant, invoiceId, [29, 30, 60])).toEqual(["nothing", "uncollectible", "nothing"]);
    expect(await debtState(tenant, invoiceId)).toMatchObject({
      invoice: "uncollectible",
      stage: 6,
      attempts: 5,
      subscription: "cancelled",
      workspace: "suspended",
    });
    const keys = double.calls
      .filter(({ key }) => key?.startsWith(`inv:${invoiceId}:pay`))
      .map(({ key }) => key);
    expect(keys).toEqual([1, 2, 3, 4, 5].map((number) => `inv:${invoiceId}:pay:${number}`));
    expect(await dunTitles(tenant)).toEqual([
      ...Array.from({ length: 4 }, () => "Your card was declined: $30.00 for invoice …"),
      "Your workspace is suspended: … is not paid",
      "Your plan has ended: … was not paid",
    ]);
    expect((await mailsTo(`${tenant.adminId}@example.test`)).length).toBe(6);
    const changes = await asTenant(tenant.admin, (tx) => tx.select().from(subscriptionChanges));
    expect(changes).toMatchObject([{ kind: "cancel", invoiceId }]);
  });

  it("is cleared of all of it at once by a payment, even when it was given up", async () => {
    const { tenant, invoiceId } = await debtor(double, DECLINES);
    await through(tenant, invoiceId, [0, 2, 7, 14, 21, 30]);
    const payment = await payInvoice(tenant.admin, payClick(invoiceId));
    expect(await pay(payment, "pm_card_visa")).toBe("succeeded");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    expect(await debtState(tenant, invoiceId)).toMatchObject({
      invoice: "paid",
      isBlocked: false,
      workspace: "active",
      suspendedBy: null,
    });
    expect(await findDebt(tenant.admin)).toBeNull();
    onDay(70);
    expect(await dun(tenant, invoiceId)).toBe("nothing");
  });

  it("makes each step once, whoever comes for it and how often", async () => {
    const { tenant, invoiceId } = await debtor(double, DECLINES);
    for (const day of [0, 2, 7]) {
      onDay(day);
      await Promise.allSettled([dun(tenant, invoiceId), dun(tenant, invoiceId), dun(tenant, invoiceId)]);
      await dun(tenant, invoiceId);
    }
    expect(await debtState(tenant, invoiceId)).toMatchObject({ stage: 3, attempts: 3 });
    expect((await billState(invoiceId)).tries).toEqual(["failed", "failed", "failed"]);
    expect(await dunTitles(tenant)).toHaveLength(3);
    expect(await mailsTo(`${tenant.adminId}@example.test`)).toHaveLength(3);
  });

  it("is charged once when the answer is lost, and waits while Stripe is away", async () => {
    const { tenant, invoiceId } = await debtor(double, "pm_card_visa");
    onDay(0);
    double.api.orders.add({ call: "POST /v1/payment_intents", do: "cut_after" });
    await expect(dun(tenant, invoiceId)).rejects.toMatchObject({ code: "upstream" });
    expect(await debtState(tenant, invoiceId)).toMatchObject({ invoice: "pending", stage: 0 });
    expect(await dun(tenant, invoiceId)).toBe("paid");
    expect(await debtState(tenant, invoiceId)).toMatchObject({ invoice: "paid", stage: 0 });
    expect(chargesOf(double, invoiceId)).toBe(1);
    expect(await dunTitles(tenant)).toEqual([]);
  });

  it("asks the customer to its bank's page, which is no failed try", async () => {
    const { tenant, invoiceId } = await debtor(double, "pm_card_authenticationRequired");
    expect(await through(tenant, invoiceId, [0, 2])).toEqual(["overdue", "partner_told"]);
    expect(await debtState(tenant, invoiceId)).toMatchObject({ stage: 2, attempts: 0 });
    expect(await dunTitles(tenant)).toEqual([
      "Your bank asks you to confirm $30.00 for invoice …",
      "Your bank asks you to confirm $30.00 for invoice …",
    ]);
    const mails = await mailsTo(`${tenant.adminId}@example.test`);
    expect(mails[0]?.actionUrl).toMatch(new RegExp(`/app/billing/${invoiceId}$`));
    const payment = await payInvoice(tenant.admin, payClick(invoiceId));
    await pay(payment, "pm_card_authenticationRequired");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    expect(await debtState(tenant, invoiceId)).toMatchObject({ invoice: "paid", subscription: "active" });
  });

  it("of a card that is gone is paid by transfer, with time for that", async () => {
    const { tenant, invoiceId } = await debtor(double, "pm_card_visa");
    await asSystem("test", (tx) =>
      tx.update(invoices).set({ collection: "card" }).where(eq(invoices.id, invoiceId)),
    );
    const [card] = await listMethods(tenant.admin);
    await removeMethod(tenant.admin, { methodId: card?.id ?? "" });
    expect(await through(tenant, invoiceId, [0, 13, 15])).toEqual([
      "waits_for_transfer",
      "nothing",
      "overdue",
    ]);
    expect((await dunTitles(tenant))[0]).toBe("Invoice … is overdue: $30.00");
  });
});
