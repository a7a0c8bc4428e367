import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { book } from "@/e2e/stripe/resources/charges";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { brokenMoney } from "@/lib/wallet/testing";
import { bill, payClick } from "./bill-testing";
import { payInvoice } from "./commands/pay-invoice";
import { refreshPayment, startTopup } from "./commands/topup";
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

  it("leaves an invoice that was paid with it to be owed", async () => {
    const tenant = await makePayer();
    const invoiceId = await bill(tenant);
    const dispute = await disputed(tenant, await payInvoice(tenant.admin, payClick(invoiceId)));
    end(dispute, "prevented");
    await hear();
    expect(await books(tenant)).toMatchObject({ balance: "-30.000000", disputes: ["lost"] });
  });
});
