import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { cardByToken } from "@/e2e/stripe/cards";
import { openDispute } from "@/e2e/stripe/resources/disputes";
import { listInvoices } from "@/lib/billing/queries";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { brokenMoney } from "@/lib/wallet/testing";
import { listDisputes, openDisputes } from "./admin-dispute-queries";
import { refreshPayment, startTopup } from "./commands/topup";
import { findInvoiceDispute } from "./dispute-queries";
import { disputeUrl } from "./dispute-stage";
import { disputeChanged } from "./events/money-back";
import { books, click, intentIdOf, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
let from = 0;
beforeEach(() => {
  double.api.orders.reset();
  from = eventIds(double).length;
});

const DAY_S = 24 * 3600;
const hear = () => deliver(double, [...eventIds(double, from).reverse(), ...eventIds(double, from)]);
const instant = (seconds: number | null | undefined) => new Date((seconds ?? 0) * 1000);

/** Credit for $25 that the payer's bank asks back; gives the dispute at Stripe. */
async function disputed(tenant: TestTenant, card = "pm_card_createDispute") {
  const payment = await startTopup(tenant.admin, click("25"));
  await pay(payment, card);
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  const intentId = intentIdOf(payment);
  const [dispute] = double.world.disputes.where((one) => one.payment_intent === intentId);
  if (!dispute) throw new Error("the bank did not ask for the money");
  return dispute;
}

/** The bank gives another day, or another stage, and Stripe says so. */
function change(dispute: Awaited<ReturnType<typeof disputed>>, due: number | null, status = dispute.status) {
  dispute.evidence_details.due_by = due;
  dispute.status = status;
  double.world.emit({ type: "charge.dispute.updated", object: dispute });
}

async function seenBy(tenant: TestTenant) {
  const { open, closed } = await listDisputes(await makePlatform(), { tenantId: tenant.tenantId });
  return [...open, ...closed.items];
}

describe("the invoice of credit", () => {
  it("tells that its payment is disputed, and how that ended", async () => {
    const tenant = await makePayer();
    const dispute = await disputed(tenant);
    await hear();
    const [invoice] = (await listInvoices(tenant.admin, {})).items;
    const told = () => findInvoiceDispute(tenant.admin, invoice?.id ?? "");
    expect(await told()).toMatchObject({ cents: 2_500n, outcome: "open" });
    await (await getStripe()).stripe.disputes.close(dispute.id);
    await hear();
    expect(await told()).toMatchObject({ outcome: "lost" });
  });
});

describe("the deadline of a dispute", () => {
  it("is Stripe's newest, whichever of its events come twice, late or not at all", async () => {
    const tenant = await makePayer();
    const dispute = await disputed(tenant, "pm_card_createDisputeInquiry");
    await hear();
    const first = dispute.evidence_details.due_by ?? 0;
    expect(await seenBy(tenant)).toMatchObject([
      { stage: "warning_needs_response", evidenceDueAt: instant(first), isLive: false, amountCents: 2500n },
    ]);
    change(dispute, first + 3 * DAY_S);
    await hear();
    expect(await seenBy(tenant)).toMatchObject([{ evidenceDueAt: instant(first + 3 * DAY_S) }]);
    change(dispute, first + 20 * DAY_S, "needs_response");
    await deliver(double, eventIds(double, from).slice(0, -1));
    await hear();
    const [kept] = await seenBy(tenant);
    expect(kept).toMatchObject({ stage: "needs_response", evidenceDueAt: instant(first + 20 * DAY_S) });
    change(dispute, 0);
    await hear();
    expect(await seenBy(tenant)).toMatchObject([{ stage: "needs_response", evidenceDueAt: null }]);
  });

  it("is not put back by who looked before it was moved, and wrote after", async () => {
    const tenant = await makePayer();
    const dispute = await disputed(tenant);
    await hear();
    const { stripe } = await getStripe();
    const look = () =>
      disputeChanged.run(stripe, {
        id: `evt_${newId()}`,
        type: "charge.dispute.updated",
        objectId: dispute.id,
        account: null,
        occurredAt: new Date(),
        payload: {},
      });
    const write = async (apply: Awaited<ReturnType<typeof look>>) => {
      await asSystem("test", apply);
    };
    const early = await look();
    const moved = (dispute.evidence_details.due_by ?? 0) + 5 * DAY_S;
    change(dispute, moved, "under_review");
    // The two looks are told apart by the clock.
    const before = Date.now();
    await vi.waitUntil(() => Date.now() > before);
    const late = await look();
    await write(late);
    await write(early);
    expect(await seenBy(tenant)).toMatchObject([{ stage: "under_review", evidenceDueAt: instant(moved) }]);
  });

  it("is a new one when a loss is appealed", async () => {
    const tenant = await makePayer();
    const dispute = await disputed(tenant);
    await (await getStripe()).stripe.disputes.close(dispute.id);
    await hear();
    const admin = await makePlatform();
    const ofTenant = { tenantId: tenant.tenantId };
    expect(await listDisputes(admin, { ...ofTenant, state: "open" })).toMatchObject({ open: [] });
    const due = (dispute.evidence_details.due_by ?? 0) + 30 * DAY_S;
    change(dispute, due, "appeal_needs_response");
    await hear();
    expect(await listDisputes(admin, { ...ofTenant, state: "open" })).toMatchObject({
      open: [{ stage: "appeal_needs_response", evidenceDueAt: instant(due) }],
      closed: { items: [] },
    });
  });
});

describe("two disputes over parts of one payment", () => {
  async function twice() {
    const tenant = await makePayer();
    const payment = await startTopup(tenant.admin, click("25"));
    await pay(payment, "pm_card_visa");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    const [charge] = double.world.charges.where((one) => one.payment_intent === intentIdOf(payment));
    const card = cardByToken("pm_card_createDispute");
    if (!charge || !card) throw new Error("nothing was charged");
    for (const amount of [1000, 500]) openDispute(double.world, { ...charge, amount }, card);
    const [first, second] = double.world.disputes.where((one) => one.charge === charge.id);
    if (!first || !second) throw new Error("the bank did not ask for the money");
    await hear();
    expect(await books(tenant)).toMatchObject({ frozen: "25.000000" });
    return { tenant, first, second };
  }
  const win = async (dispute: Awaited<ReturnType<typeof disputed>>) => {
    dispute.status = "won";
    double.world.emit({ type: "charge.dispute.closed", object: dispute });
    await hear();
  };
  const lose = async ({ id }: Awaited<ReturnType<typeof disputed>>) => {
    await (await getStripe()).stripe.disputes.close(id);
    await hear();
  };

  it("keep the credit until the second is decided, though the first is won", async () => {
    const { tenant, first, second } = await twice();
    await win(first);
    expect(await books(tenant)).toMatchObject({ balance: "25.000000", frozen: "25.000000" });
    await lose(second);
    expect(await books(tenant)).toMatchObject({ balance: "20.000000", frozen: "0.000000" });
    expect(await brokenMoney()).toEqual([]);
  });

  it("keep what is left of it until then, though the first is lost", async () => {
    const { tenant, first, second } = await twice();
    await lose(first);
    expect(await books(tenant)).toMatchObject({ balance: "15.000000", frozen: "15.000000" });
    await win(second);
    expect(await books(tenant)).toMatchObject({ balance: "15.000000", frozen: "0.000000" });
    expect(await brokenMoney()).toEqual([]);
  });
});

describe("the operator's list of disputes", () => {
  it("begins with the open one that must be answered soonest, and tells of the open ones alone", async () => {
    const admin = await makePlatform();
    const before = await openDisputes(admin);
    const tenant = await makePayer();
    const [later, sooner, answered, lost, unanswerable] = [
      await disputed(tenant),
      await disputed(tenant),
      await disputed(tenant),
      await disputed(tenant),
      await disputed(tenant),
    ];
    const due = later.evidence_details.due_by ?? 0;
    change(sooner, due - 300 * DAY_S);
    change(answered, due - 301 * DAY_S, "under_review");
    change(unanswerable, null);
    await (await getStripe()).stripe.disputes.close(lost.id);
    await hear();
    const ofTenant = { tenantId: tenant.tenantId };
    const { open, closed } = await listDisputes(admin, ofTenant);
    const ids = (rows: readonly { stripeDisputeId: string }[]) => rows.map((row) => row.stripeDisputeId);
    expect(ids(open)).toEqual([sooner.id, later.id, unanswerable.id, answered.id]);
    expect(ids(closed.items)).toEqual([lost.id]);
    expect((await listDisputes(admin, { ...ofTenant, state: "closed" })).open).toEqual([]);
    expect((await listDisputes(admin, { ...ofTenant, state: "open" })).closed.items).toEqual([]);
    expect(await openDisputes(admin)).toMatchObject({
      count: before.count + 4,
      cents: before.cents + 10_000n,
      toAnswer: before.toAnswer + 3,
      nextDueAt: instant(due - 300 * DAY_S),
    });
  });

  it("leads to the dispute's page at Stripe, of tests beside what is real", () => {
    const stripeDisputeId = "du_1";
    expect(disputeUrl({ stripeDisputeId, isLive: true })).toBe("https://dashboard.stripe.com/disputes/du_1");
    expect(disputeUrl({ stripeDisputeId, isLive: false })).toBe(
      "https://dashboard.stripe.com/test/disputes/du_1",
    );
  });
});
