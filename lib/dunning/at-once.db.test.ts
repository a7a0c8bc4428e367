import { eq } from "drizzle-orm";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { invoices } from "@/db/schema/invoices";
import { reactivateTenant, suspendTenant } from "@/lib/admin/commands/tenants";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { lockWallet } from "@/lib/wallet/lock";
import { impose } from "./impose";
import { DUNNING_STEPS, STAGE_OF } from "./schedule";
import { debtor, debtState, dun, onDay, through } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
afterEach(() => shiftClock(0));

/** Another debt like one that there is. */
async function another(invoiceId: string): Promise<string> {
  const id = newId();
  await asSystem("test", async (tx) => {
    const [old] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
    if (old) await tx.insert(invoices).values({ ...old, id, invoiceNumber: `T-${id}`, series: id });
  });
  return id;
}

const waiting = async () => {
  const { pool } = await database();
  const { rows } = await pool.query(
    "select count(distinct pid)::int as n from pg_locks l where not granted and l.pid in (select pid from pg_stat_activity where datname = current_database())",
  );
  return rows[0].n;
};

/** Does things while somebody holds the wallet, and lets all of them go on once they wait for it. */
async function behindWallet({ tenantId }: TestTenant, works: readonly (() => Promise<unknown>)[]) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const holder = asSystem("test", async (tx) => {
    await lockWallet(tx, tenantId);
    held.resolve();
    await promise;
  });
  await held.promise;
  const all = works.map((work) => work());
  await expect.poll(waiting).toBe(works.length);
  resolve();
  await Promise.all([holder, ...all]);
}

describe.runIf(testServerUrl())("debts that are paid at the same moment", () => {
  it("stop nothing any more, though neither payment saw the other", async () => {
    const { tenant, invoiceId } = await debtor(double, null);
    await through(tenant, invoiceId, [0, 2, 7, 14, 21]);
    const second = await another(invoiceId);
    const platform = await makePlatform();
    await behindWallet(
      tenant,
      [invoiceId, second].map(
        (id, at) => () =>
          recordPayment(platform, { invoiceId: id, method: "bank_transfer", reference: `R-${at}` }),
      ),
    );
    expect(await debtState(tenant, invoiceId)).toMatchObject({
      invoice: "paid",
      isBlocked: false,
      subscription: "active",
      workspace: "active",
    });
  });
});

describe.runIf(testServerUrl())("a debt that comes so far while another is paid", () => {
  it("suspends the workspace, though the other one had suspended it before", async () => {
    const { tenant, invoiceId } = await debtor(double, null);
    await through(tenant, invoiceId, [0, 2, 7, 14]);
    const second = await another(invoiceId);
    await through(tenant, second, [21]);
    const platform = await makePlatform();
    const { promise, resolve } = Promise.withResolvers<void>();
    const made = Promise.withResolvers<void>();
    const step = asSystem("test", async (tx) => {
      const [debt] = await tx
        .update(invoices)
        .set({ dunningStage: STAGE_OF.suspended })
        .where(eq(invoices.id, invoiceId))
        .returning();
      if (debt) await impose(tx, debt, DUNNING_STEPS[4]);
      made.resolve();
      await promise;
    });
    await made.promise;
    let isPaid = false;
    const paid = recordPayment(platform, { invoiceId: second, method: "bank_transfer", reference: "R" }).then(
      () => {
        isPaid = true;
      },
    );
    await expect.poll(async () => isPaid || (await waiting()) > 0).toBe(true);
    resolve();
    await Promise.all([step, paid]);
    expect(await debtState(tenant, invoiceId)).toMatchObject({
      stage: 5,
      isBlocked: true,
      workspace: "suspended",
    });
  });
});

describe("time to pay that is given while a step is being made", () => {
  it("holds: the step is not made", async () => {
    const { tenant, invoiceId } = await debtor(double, "pm_card_chargeCustomerFail");
    const platform = await makePlatform();
    await through(tenant, invoiceId, [0, 2, 7, 14]);
    await suspendTenant(platform, { tenantId: tenant.tenantId, reason: "Until they have called." });
    onDay(21);
    const from = double.calls.length;
    double.api.orders.add({ call: "POST /v1/payment_intents", do: "slow" });
    const step = dun(tenant, invoiceId);
    await expect
      .poll(() => double.calls.slice(from).some(({ path }) => path === "/v1/payment_intents"))
      .toBe(true);
    await reactivateTenant(platform, { tenantId: tenant.tenantId, graceDays: 10 });
    expect(await step).toBe("nothing");
    expect(await debtState(tenant, invoiceId)).toMatchObject({
      stage: 4,
      isBlocked: false,
      workspace: "active",
    });
    onDay(32);
    expect(await dun(tenant, invoiceId)).toBe("suspended");
  });
});
