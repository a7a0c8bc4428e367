import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { cardByToken } from "@/e2e/stripe/cards";
import { book } from "@/e2e/stripe/resources/charges";
import { openDispute } from "@/e2e/stripe/resources/disputes";
import { currentTime } from "@/lib/clock";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { brokenMoney } from "@/lib/wallet/testing";
import { applyDispute } from "./apply-dispute";
import { bill, payClick } from "./bill-testing";
import { payInvoice } from "./commands/pay-invoice";
import { refreshPayment, startTopup } from "./commands/topup";
import { intentBehind } from "./find-payment";
import type { StartedPayment } from "./started-payment";
import { books, click, intentIdOf, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
let from = 0;
beforeEach(() => {
  double.api.orders.reset();
  from = eventIds(double).length;
});

const hear = () => deliver(double, [...eventIds(double, from).reverse(), ...eventIds(double, from)]);

/** A payment that its payer's bank asks back, as Stripe has it. */
async function disputed(tenant: TestTenant, payment: StartedPayment, card = "pm_card_createDispute") {
  await pay(payment, card);
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  const intentId = intentIdOf(payment);
  const [dispute] = double.world.disputes.where((one) => one.payment_intent === intentId);
  if (!dispute) throw new Error("the bank did not ask for the money");
  return dispute;
}

type Dispute = Awaited<ReturnType<typeof disputed>>;

async function bought(card?: string): Promise<{ tenant: TestTenant; dispute: Dispute }> {
  const tenant = await makePayer();
  return { tenant, dispute: await disputed(tenant, await startTopup(tenant.admin, click("25")), card) };
}

/** The bank moves money, and Stripe says so. */
function move(dispute: Dispute, type: "withdrawn" | "reinstated"): void {
  const amount = type === "withdrawn" ? -dispute.amount : dispute.amount;
  dispute.balance_transactions.push(book(double.world, { type: "adjustment", amount, source: dispute.id }));
  double.world.emit({ type: `charge.dispute.funds_${type}`, object: dispute });
}

/** The bank asks no more, in a way that Stripe's test mode does not offer. */
function end(dispute: Dispute, status: "warning_closed" | "prevented"): void {
  dispute.status = status;
  const isClosed = status === "warning_closed";
  double.world.emit({ type: `charge.dispute.${isClosed ? "closed" : "updated"}`, object: dispute });
}

/** The bank takes the money after it had asked no more. */
function takeAfterAll(dispute: Dispute): void {
  move(dispute, "withdrawn");
  dispute.status = "needs_response";
  double.world.emit({ type: "charge.dispute.updated", object: dispute });
}

const FREE = { balance: "25.000000", frozen: "0.000000", lots: ["paid 25.000000"], topups: ["paid"] };
const TAKEN = { balance: "0.000000", frozen: "0.000000", lots: ["paid 0.000000"], topups: ["disputed"] };

describe("a dispute that ends without a decision", () => {
  it.each(["warning_closed", "prevented"] as const)(
    "as %s frees the credit that it froze",
    async (status) => {
      const { tenant, dispute } = await bought();
      await hear();
      expect(await books(tenant)).toMatchObject({ frozen: "25.000000" });
      move(dispute, "reinstated");
      end(dispute, status);
      await hear();
      expect(await books(tenant)).toMatchObject({ ...FREE, disputes: [status] });
      expect(await brokenMoney()).toEqual([]);
    },
  );

  it("frees nothing where a bank only asked", async () => {
    const { tenant, dispute } = await bought("pm_card_createDisputeInquiry");
    end(dispute, "warning_closed");
    await hear();
    expect(await books(tenant)).toMatchObject({ ...FREE, moves: ["topup 25.000000"] });
  });
});

describe("a dispute that was dropped and becomes a real one", () => {
  it.each(["warning_closed", "prevented"] as const)(
    "after %s freezes the credit, and takes it when it is lost",
    async (status) => {
      const { tenant, dispute } = await bought("pm_card_createDisputeInquiry");
      end(dispute, status);
      await hear();
      expect(await books(tenant)).toMatchObject({ ...FREE, disputes: [status] });
      takeAfterAll(dispute);
      await hear();
      expect(await books(tenant)).toMatchObject({ frozen: "25.000000", disputes: ["needs_response"] });
      dispute.status = "lost";
      double.world.emit({ type: "charge.dispute.closed", object: dispute });
      await hear();
      expect(await books(tenant)).toMatchObject({ ...TAKEN, disputes: ["lost"] });
      expect(await brokenMoney()).toEqual([]);
    },
  );

  it("stays one when its end as an inquiry, seen before, is written last", async () => {
    const { tenant, dispute } = await bought("pm_card_createDisputeInquiry");
    await hear();
    end(dispute, "warning_closed");
    const seenAt = new Date(currentTime().getTime() - 1);
    const before = { dispute: structuredClone(dispute), seenAt };
    takeAfterAll(dispute);
    await hear();
    const { stripe } = await getStripe();
    const behind = await intentBehind(stripe, dispute.payment_intent);
    await asSystem("test", (tx) => applyDispute(tx, before, behind));
    expect(await books(tenant)).toMatchObject({ frozen: "25.000000", disputes: ["needs_response"] });
  });
});

describe("a dispute that was prevented by giving the money back", () => {
  it("takes the credit that was bought with it, though nothing was ever asked", async () => {
    const { tenant, dispute } = await bought();
    end(dispute, "prevented");
    await hear();
    expect(await books(tenant)).toMatchObject({ ...TAKEN, disputes: ["lost"] });
    expect(await brokenMoney()).toEqual([]);
  });

  it("takes it also when the money goes after it was told", async () => {
    const { tenant, dispute } = await bought("pm_card_createDisputeInquiry");
    end(dispute, "prevented");
    await hear();
    expect(await books(tenant)).toMatchObject({ ...FREE, disputes: ["prevented"] });
    move(dispute, "withdrawn");
    await hear();
    expect(await books(tenant)).toMatchObject({ ...TAKEN, disputes: ["lost"] });
    expect(await brokenMoney()).toEqual([]);
  });

  it("takes it once from a payer who had it back already: that refund fails", async () => {
    const tenant = await makePayer();
    const payment = await startTopup(tenant.admin, click("25"));
    await pay(payment, "pm_card_visa");
    const intentId = intentIdOf(payment);
    const made = await (await getStripe()).stripe.refunds.create({ payment_intent: intentId });
    const [charge] = double.world.charges.where((one) => one.payment_intent === intentId);
    const card = cardByToken("pm_card_createDisputeInquiry");
    if (!charge || !card) throw new Error("nothing was paid");
    openDispute(double.world, charge, card);
    const [dispute] = double.world.disputes.where((one) => one.payment_intent === intentId);
    if (!dispute) throw new Error("the bank did not ask for the money");
    move(dispute, "withdrawn");
    end(dispute, "prevented");
    await hear();
    const refund = double.world.refunds.get(made.id);
    refund.status = "failed";
    double.world.emit({ type: "refund.failed", object: refund });
    await hear();
    expect(await books(tenant)).toMatchObject({ ...TAKEN, refunds: ["failed 2500"], disputes: ["lost"] });
    expect(await brokenMoney()).toEqual([]);
  });

  it("leaves an invoice that was paid with it to be owed", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    const dispute = await disputed(tenant, await payInvoice(tenant.admin, payClick(invoiceId)));
    end(dispute, "prevented");
    await hear();
    expect(await books(tenant)).toMatchObject({ balance: "-30.000000", disputes: ["lost"] });
  });
});
