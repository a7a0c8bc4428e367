import { and, eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem, asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { autoTopups } from "@/db/schema/caps";
import { topups } from "@/db/schema/payments";
import { auditLog } from "@/db/schema/system";
import { wallets } from "@/db/schema/wallets";
import { reactivateTenant, suspendTenant } from "@/lib/admin/commands/tenants";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { moneyAttention } from "@/lib/wallet/attention";
import { hold, release } from "@/lib/wallet/money-gatherer";
import { give, use } from "@/lib/wallet/testing";
import { runAutoTopup, saveAutoTopup } from "./commands/auto-topup";
import { setDefaultMethod } from "./commands/methods";
import { saveAutoTopupInput } from "./input";
import { findAutoTopup, listMethods } from "./queries";
import { sweepPayments } from "./sweep";
import { books, saveCard } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());
afterEach(() => vi.useRealTimers());

const save = (tenant: TestTenant, change: Record<string, unknown> = {}) =>
  saveAutoTopup(
    tenant.admin,
    saveAutoTopupInput.parse({ isOn: true, threshold: "10", amount: "50", monthlyMax: "120", ...change }),
  );

/** A tenant with nothing left and a saved card. */
async function lowWith(card: string): Promise<TestTenant> {
  const tenant = await makePayer();
  await saveCard(double, tenant, card);
  await save(tenant);
  return tenant;
}

async function settings({ tenantId }: TestTenant) {
  const [row] = await asSystem("test", (tx) =>
    tx.select().from(autoTopups).where(eq(autoTopups.tenantId, tenantId)),
  );
  return row;
}

async function anHourLater({ tenantId }: TestTenant): Promise<void> {
  const updatedAt = sql`now() - interval '61 minutes'`;
  await asSystem("test", (tx) =>
    tx.update(autoTopups).set({ updatedAt }).where(eq(autoTopups.tenantId, tenantId)),
  );
}

async function useUp({ tenantId }: TestTenant): Promise<void> {
  await asSystem("test", (tx) =>
    tx.update(wallets).set({ balance: "0" }).where(eq(wallets.tenantId, tenantId)),
  );
}

describe("credit that is bought by itself", () => {
  it("is bought when it runs low, once, up to the month's maximum", async () => {
    const tenant = await lowWith("pm_card_visa");
    const ends = await Promise.all([1, 2, 3].map(() => runAutoTopup(tenant.job).catch(() => "lost")));
    expect(ends).toContain("paid");
    expect(await books(tenant)).toMatchObject({
      balance: "50.000000",
      topups: ["paid"],
      payments: ["succeeded"],
    });
    expect(await runAutoTopup(tenant.job)).toBe("not_due");
    await useUp(tenant);
    expect(await runAutoTopup(tenant.job)).toBe("paid");
    await useUp(tenant);
    expect(await runAutoTopup(tenant.job)).toBe("not_due");
    expect((await books(tenant)).topups).toEqual(["paid", "paid"]);
    // Why nothing comes any more is shown.
    expect(await findAutoTopup(tenant.admin)).toMatchObject({ isOn: true, boughtMicros: 100_000_000n });
    expect((await moneyAttention(tenant.admin)).topupOffReason).toMatch(/^\$100\.00 of at most \$120\.00/);
    await save(tenant, { monthlyMax: "150" });
    expect((await moneyAttention(tenant.admin)).topupOffReason).toBeNull();
  });

  it("is no more in a month than its maximum, also when a bank took some of it back", async () => {
    const from = eventIds(double).length;
    const tenant = await lowWith("pm_card_createDispute");
    expect(await runAutoTopup(tenant.job)).toBe("paid");
    await deliver(double, eventIds(double, from));
    expect(await runAutoTopup(tenant.job)).toBe("paid");
    const { stripe } = await getStripe();
    for (const { id } of double.world.disputes.where(({ status }) => status === "needs_response"))
      await stripe.disputes.close(id);
    await deliver(double, eventIds(double, from));
    expect((await books(tenant)).topups).toEqual(["disputed", "disputed"]);
    expect(await runAutoTopup(tenant.job)).toBe("not_due");
  });

  it("is not bought while the workspace is suspended, and is once that is over", async () => {
    const tenant = await lowWith("pm_card_visa");
    const platform = await makePlatform();
    await suspendTenant(platform, { tenantId: tenant.tenantId, reason: "Looked into" });
    await sweepPayments();
    expect((await books(tenant)).topups).toEqual([]);
    await reactivateTenant(platform, { tenantId: tenant.tenantId });
    await sweepPayments();
    expect((await books(tenant)).topups).toEqual(["paid"]);
  });

  it("is not bought for what is only set aside", async () => {
    const tenant = await lowWith("pm_card_visa");
    await give(tenant, {
      kind: "topup",
      source: "paid",
      amount: 15_000_000n,
      key: `topup ${tenant.tenantId}`,
    });
    const setAside = { key: `step ${tenant.tenantId}`, agentId: null };
    await asWorker(tenant.job, async (tx) => hold(tx, tenant.job, setAside, 14_000_000n));
    await sweepPayments();
    expect(await runAutoTopup(tenant.job)).toBe("not_due");
    await asWorker(tenant.job, async (tx) => release(tx, tenant.job, setAside.key));
    await use(tenant.job, [{ cost: 6_000_000n }]);
    expect(await runAutoTopup(tenant.job)).toBe("paid");
  });

  it("is not bought for work that needs more than is left while that is not little, and this is told", async () => {
    const tenant = await lowWith("pm_card_visa");
    const key = `topup ${tenant.tenantId}`;
    await give(tenant, { kind: "topup", source: "paid", amount: 15_000_000n, key });
    const [runId, stepId] = [newId(), newId()];
    const { tenantId } = tenant;
    const told = async () => (await moneyAttention(tenant.admin)).topupOffReason;
    await asSystem("test", (tx) =>
      tx.update(wallets).set({ creditLimit: "0" }).where(eq(wallets.tenantId, tenantId)),
    );
    await asWorker(tenant.job, async (tx) => {
      await tx
        .insert(executions)
        .values({ id: runId, tenantId, status: "waiting", waitReason: "credit", inputData: {} });
      const wait = { status: "waiting", waitReason: "credit", needed: "14" };
      const place = { id: stepId, tenantId, executionId: runId, nodeId: "n", kind: "agent", name: "Ask" };
      await tx.insert(executionSteps).values({ ...place, ...wait });
    });
    // It waits for what is set aside for other work, and goes on as that ends.
    expect(await told()).toBeNull();
    await asWorker(tenant.job, (tx) =>
      tx.update(executionSteps).set({ needed: "16" }).where(eq(executionSteps.id, stepId)),
    );
    expect(await runAutoTopup(tenant.job)).toBe("not_due");
    expect(await told()).toBe(
      "What waits may cost up to $16.00 at once, more than is left, and credit is bought by itself only when less than $10.00 is left: buy some, or raise that.",
    );
    await save(tenant, { threshold: "20" });
    expect(await told()).toBeNull();
    expect(await runAutoTopup(tenant.job)).toBe("paid");
  });

  // PGlite's clock is the process's.
  it.runIf(testServerUrl())("goes by the month of the database's clock", async () => {
    const tenant = await lowWith("pm_card_visa");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 40 * 86_400_000 });
    expect(await runAutoTopup(tenant.job)).toBe("paid");
    await useUp(tenant);
    expect(await runAutoTopup(tenant.job)).toBe("paid");
    expect(await findAutoTopup(tenant.admin)).toMatchObject({ boughtMicros: 100_000_000n });
    vi.useRealTimers();
    const months = await asSystem("test", (tx) =>
      tx
        .select({ isOfNow: sql<boolean>`${topups.month} = to_char(now() at time zone 'UTC', 'YYYY-MM')` })
        .from(topups)
        .where(eq(topups.tenantId, tenant.tenantId)),
    );
    expect(months).toEqual([{ isOfNow: true }, { isOfNow: true }]);
  });

  it("goes on with the card it was begun with when another one is charged by now", async () => {
    const tenant = await lowWith("pm_card_visa");
    double.api.orders.add({ call: "POST /v1/payment_intents", do: "cut_before" });
    await expect(runAutoTopup(tenant.job)).rejects.toMatchObject({ code: "upstream" });
    await saveCard(double, tenant, "pm_card_chargeCustomerFail");
    const other = (await listMethods(tenant.admin)).find(({ isDefault }) => !isDefault);
    await setDefaultMethod(tenant.admin, { methodId: other?.id ?? "", requestKey: newId() });
    expect(await runAutoTopup(tenant.job)).toBe("paid");
    expect(await settings(tenant)).toMatchObject({ isOn: true, failures: 0 });
    expect((await books(tenant)).topups).toEqual(["paid"]);
  });

  it("goes on with the same payment when the answer was lost", async () => {
    const tenant = await lowWith("pm_card_visa");
    double.api.orders.add({ call: "POST /v1/payment_intents", do: "cut_after" });
    await expect(runAutoTopup(tenant.job)).rejects.toMatchObject({ code: "upstream" });
    expect(await runAutoTopup(tenant.job)).toBe("paid");
    expect(await books(tenant)).toMatchObject({ balance: "50.000000", topups: ["paid"] });
    expect(
      double.world.paymentIntents.where((one) => one.metadata.tenant_id === tenant.tenantId),
    ).toHaveLength(1);
  });

  it("is turned off after three failures, whatever events come, and starts over when it is saved again", async () => {
    const tenant = await lowWith("pm_card_chargeCustomerFail");
    const from = eventIds(double).length;
    for (const failures of [1, 2, 3]) {
      expect(await runAutoTopup(tenant.job)).toBe("failed");
      expect(await runAutoTopup(tenant.job)).toBe("not_due");
      await deliver(double, [...eventIds(double, from), ...eventIds(double, from)]);
      expect(await settings(tenant)).toMatchObject({ failures, isOn: failures < 3 });
      // Why nothing came, and when it is tried again, is shown.
      const again = (await findAutoTopup(tenant.admin))?.triedAgainAt ?? null;
      expect(again && again > new Date()).toBe(failures < 3 ? true : null);
      await anHourLater(tenant);
    }
    expect(await runAutoTopup(tenant.job)).toBe("not_due");
    expect(await settings(tenant)).toMatchObject({ disabledReason: "Your card was declined." });
    expect(await books(tenant)).toMatchObject({
      balance: "0.000000",
      topups: ["failed", "failed", "failed"],
    });
    const intents = double.world.paymentIntents.where((one) => one.metadata.tenant_id === tenant.tenantId);
    expect(intents.map(({ status }) => status)).toEqual(["canceled", "canceled", "canceled"]);

    await saveCard(double, tenant, "pm_card_visa");
    const good = (await listMethods(tenant.admin)).find(({ isDefault }) => !isDefault);
    await setDefaultMethod(tenant.admin, { methodId: good?.id ?? "", requestKey: newId() });
    await save(tenant);
    expect(await runAutoTopup(tenant.job)).toBe("paid");
    expect(await settings(tenant)).toMatchObject({ failures: 0, isOn: true, disabledReason: null });
  });

  it("is noted as ordered, once, and by whom: nobody", async () => {
    const tenant = await lowWith("pm_card_visa");
    await Promise.all([1, 2].map(() => runAutoTopup(tenant.job).catch(() => "lost")));
    const ordered = await asSystem("test", (tx) =>
      tx
        .select({ by: auditLog.actorKind, after: auditLog.after })
        .from(auditLog)
        .where(and(eq(auditLog.tenantId, tenant.tenantId), eq(auditLog.action, "topup.order"))),
    );
    const after = { amount: "50.000000", totalCents: "5000", isAutomatic: true };
    expect(ordered).toEqual([{ by: "job", after }]);
  });

  it("is found by the sweep where the word of a low wallet was lost", async () => {
    const tenant = await lowWith("pm_card_visa");
    expect((await sweepPayments()).bought).toBeGreaterThan(0);
    expect(await books(tenant)).toMatchObject({ balance: "50.000000", topups: ["paid"] });
  });

  it("needs a card, an admin, and amounts that fit", async () => {
    const tenant = await makePayer();
    await expect(save(tenant)).rejects.toMatchObject({
      fields: { isOn: [expect.stringContaining("Save a card")] },
    });
    await save(tenant, { isOn: false });
    expect(await runAutoTopup(tenant.job)).toBe("not_due");
    const input = saveAutoTopupInput.parse({ threshold: "10", amount: "50", monthlyMax: "120" });
    await expect(saveAutoTopup(tenant.member, input)).rejects.toMatchObject({ code: "forbidden" });
    await expect(runAutoTopup(tenant.admin)).rejects.toMatchObject({ code: "forbidden" });
    const wrong = saveAutoTopupInput.safeParse({ threshold: "10", amount: "50", monthlyMax: "49.99" });
    expect(wrong.error?.issues[0]).toMatchObject({ path: ["monthlyMax"] });
    for (const threshold of ["-1", "0.001", "x"]) {
      expect(saveAutoTopupInput.safeParse({ threshold, amount: "50", monthlyMax: "120" }).success).toBe(
        false,
      );
    }
  });
});
