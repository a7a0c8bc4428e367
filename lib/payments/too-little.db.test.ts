import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { payments } from "@/db/schema/payments";
import { applyPayment } from "@/lib/billing/apply-payment";
import { closePeriod } from "@/lib/billing/commands/close";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { shiftClock } from "@/lib/clock";
import { findDunnable } from "@/lib/dunning/run";
import { debtor, debtState, through } from "@/lib/dunning/testing";
import { newId } from "@/lib/ids";
import { makePayer } from "@/lib/stripe/testing";
import { changePlan } from "@/lib/subscriptions/commands/change";
import {
  atTime,
  makePlan,
  makePrepaid,
  payByTransfer,
  planBooks,
  setTime,
} from "@/lib/subscriptions/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { use } from "@/lib/wallet/testing";
import { payClick } from "./bill-testing";
import { payInvoice } from "./commands/pay-invoice";
import { saveCard } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());
afterEach(() => shiftClock(0));

const CENT = 10_000n;

describe("what is too little for a card", () => {
  it("is paid by transfer, also where a card is saved, when it is what was used in a month", async () => {
    const platform = await makePlatform();
    const tenant = await makePayer();
    await saveCard(double, tenant, "pm_card_visa");
    const { tenantId } = tenant;
    const bill = async (month: string, cost: bigint, now: string) => {
      await use(tenant.job, [{ cost, at: new Date(`${month}-10T00:00:00Z`) }]);
      return (await closePeriod(platform, { month, tenantId }, new Date(now)))[0]?.outcome;
    };
    expect(await bill("2026-09", 49n * CENT, "2026-10-02T00:00:00Z")).toBe("invoiced");
    expect(await bill("2026-10", 50n * CENT, "2026-11-02T00:00:00Z")).toBe("invoiced");
    const made = await asSystem("test", (tx) =>
      tx.select().from(invoices).where(eq(invoices.tenantId, tenantId)).orderBy(invoices.periodStart),
    );
    expect(made.map(({ totalAmount, collection }) => [totalAmount, collection])).toEqual([
      ["0.490000", "transfer"],
      ["0.500000", "card"],
    ]);
  });

  it("is asked of nobody, when it is the difference to a higher plan at the end of a month", async () => {
    const platform = await makePlatform();
    const starter = await makePlan(platform, "Starter", { dollars: 29n, allowance: "20" });
    const team = await makePlan(platform, "Team", { dollars: 99n, allowance: "80" });
    setTime("2026-01-10T00:00:00");
    const tenant = await makePrepaid();
    const choose = async (planId: string) =>
      changePlan(
        tenant.admin,
        { planId, cycle: "monthly", requestKey: newId(), shownCents: 10_000n },
        atTime(),
      );
    await payByTransfer(platform, (await choose(starter)).invoiceId);
    setTime("2026-02-09T23:00:00");
    expect(await choose(team)).toMatchObject({ kind: "now", invoiceId: null, payment: "none" });
    expect(await planBooks(tenant)).toMatchObject({
      plan: "team",
      invoices: ["subscription paid 29.00: plan 2900"],
    });
  });

  it("suspends nobody where it is left of an invoice, which its page says is paid by transfer", async () => {
    const { tenant, invoiceId } = await debtor(double, "pm_card_visa");
    await asSystem("test", (tx) =>
      tx.update(invoices).set({ creditedCents: 2951n }).where(eq(invoices.id, invoiceId)),
    );
    await expect(payInvoice(tenant.admin, payClick(invoiceId))).rejects.toMatchObject({
      code: "precondition",
      reason: "too_little",
    });
    expect(new Set(await through(tenant, invoiceId, [0, 2, 7, 14, 21, 30]))).toEqual(new Set(["nothing"]));
    // Nor does it stand in the way of those that are gone after.
    expect((await findDunnable()).map((due) => due.invoiceId)).not.toContain(invoiceId);
    expect(await debtState(tenant, invoiceId)).toMatchObject({
      invoice: "pending",
      attempts: 0,
      isBlocked: false,
      workspace: "active",
    });
  });

  const ways = {
    "a transfer that a bank took its part of": async (tenantId: string, invoiceId: string) => {
      const paymentId = newId();
      const money = { amountCents: 2951n, method: "bank_transfer", requestKey: newId() };
      await asSystem("test", async (tx) => {
        await tx.insert(payments).values({ id: paymentId, tenantId, invoiceId, ...money, attempt: 99 });
        await applyPayment(tx, { actor: { kind: "job", name: "test" } }, { paymentId, at: new Date() });
      });
    },
    "a credit note": async (_tenantId: string, invoiceId: string) => {
      const lines = [{ description: "Goodwill", amount: 2951n }];
      const note = { invoiceId, reason: "They waited for a week", refund: "credit" as const, lines };
      await issueCreditNote(await makePlatform(), { ...note, requestKey: newId() });
    },
  };

  it.each(Object.keys(ways) as (keyof typeof ways)[])(
    "no longer holds a suspended workspace, when %s leaves it",
    async (way) => {
      const { tenant, invoiceId } = await debtor(double, null);
      await through(tenant, invoiceId, [0, 14, 16, 21, 28, 35]);
      expect(await debtState(tenant, invoiceId)).toMatchObject({ workspace: "suspended" });
      await ways[way](tenant.tenantId, invoiceId);
      expect(await debtState(tenant, invoiceId)).toMatchObject({
        invoice: "overdue",
        workspace: "active",
        isBlocked: false,
      });
    },
  );
});
