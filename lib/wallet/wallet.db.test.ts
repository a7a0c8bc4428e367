import { and, eq } from "drizzle-orm";
import { afterEach, describe, expect, it } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { creditHolds, ledgerFunding, wallets } from "@/db/schema/wallets";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { hold, release } from "./money-gatherer";
import { refusalOf } from "./refusal";
import { brokenMoney, give, prepaidTenant, use } from "./testing";

withTestDatabase();

const DOLLAR = 1_000_000n;
afterEach(async () => {
  shiftClock(0);
  expect(await brokenMoney()).toEqual([]);
});

async function figures(tenant: TestTenant) {
  const platform = await makePlatform();
  const [row] = await asPlatform(platform, (tx) =>
    tx.select().from(wallets).where(eq(wallets.tenantId, tenant.tenantId)),
  );
  return { allowance: row?.allowance, balance: row?.balance, held: row?.held };
}

async function fundingOf(tenant: TestTenant, entryId = "") {
  return asWorker(tenant.job, (tx) =>
    tx
      .select({
        source: ledgerFunding.source,
        amount: ledgerFunding.amount,
        share: ledgerFunding.commissionShare,
        payable: ledgerFunding.payable,
      })
      .from(ledgerFunding)
      .where(and(eq(ledgerFunding.tenantId, tenant.tenantId), eq(ledgerFunding.ledgerEntryId, entryId)))
      .orderBy(ledgerFunding.createdAt, ledgerFunding.amount),
  );
}

const setAside = (tenant: TestTenant, key: string, amount: bigint) =>
  asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key }, amount));

describe("usage", () => {
  it("burns plan, promotion and money in turn, shares the commission, and leaves the rest owed", async () => {
    const { partnerId } = await makePartner();
    const tenant = await prepaidTenant(partnerId);
    await give(tenant, { kind: "topup", source: "paid", amount: 3n * DOLLAR, key: "paid" });
    await give(tenant, { kind: "grant", source: "promo", amount: 2n * DOLLAR, key: "promo" });
    const partners = { paidBy: "partner", partnerId } as const;
    await give(tenant, { kind: "grant", source: "promo", amount: 2n * DOLLAR, key: "ours", facts: partners });
    await give(tenant, { kind: "grant", source: "plan", amount: DOLLAR, key: "plan" });
    expect(await figures(tenant)).toEqual({ allowance: "1.000000", balance: "7.000000", held: "0.000000" });
    const [entry] = await use(tenant.job, [{ cost: 10n * DOLLAR, commission: 2n * DOLLAR }]);
    expect((await fundingOf(tenant, entry)).toSorted((a, b) => a.source.localeCompare(b.source))).toEqual([
      { source: "paid", amount: "3.000000", share: "0.600000", payable: "0.600000" },
      { source: "plan", amount: "1.000000", share: "0.200000", payable: "0.000000" },
      { source: "promo", amount: "2.000000", share: "0.400000", payable: "0.000000" },
      { source: "promo", amount: "2.000000", share: "0.400000", payable: "-1.600000" },
      { source: "receivable", amount: "2.000000", share: "0.400000", payable: "0.000000" },
    ]);
    expect(await figures(tenant)).toEqual({ allowance: "0.000000", balance: "-2.000000", held: "0.000000" });
  });

  it("is paid once, however often it is settled", async () => {
    const tenant = await prepaidTenant();
    await give(tenant, { kind: "topup", source: "paid", amount: 5n * DOLLAR, key: "paid" });
    const ids = [newId()];
    const settle = () => use(tenant.job, [{ cost: DOLLAR }], { ids });
    await Promise.all([settle(), settle(), settle()]);
    expect(await figures(tenant)).toMatchObject({ balance: "4.000000" });
  });

  it("that is owed is paid by the next top-up, and its partner's share becomes payable", async () => {
    const { partnerId } = await makePartner();
    const tenant = await prepaidTenant(partnerId);
    const [first] = await use(tenant.job, [{ cost: 2n * DOLLAR, commission: DOLLAR }]);
    const [second] = await use(tenant.job, [{ cost: 2n * DOLLAR, commission: DOLLAR }]);
    await give(tenant, { kind: "topup", source: "paid", amount: 3n * DOLLAR, key: "t" });
    const again = await give(tenant, { kind: "topup", source: "paid", amount: 3n * DOLLAR, key: "t" });
    expect(again).toMatchObject({ isNew: false, balance: -DOLLAR });
    const net = async (entry: string | undefined) => {
      const rows = await fundingOf(tenant, entry);
      return rows.filter((row) => row.source === "paid").map((row) => [row.amount, row.payable]);
    };
    expect(await net(first)).toEqual([["2.000000", "1.000000"]]);
    expect(await net(second)).toEqual([["1.000000", "0.500000"]]);
    expect(await figures(tenant)).toMatchObject({ balance: "-1.000000" });
  });

  it("that is taken back returns to what paid for it, last burned first", async () => {
    const { partnerId } = await makePartner();
    const tenant = await prepaidTenant(partnerId);
    await give(tenant, { kind: "grant", source: "plan", amount: DOLLAR, key: "plan" });
    await give(tenant, { kind: "topup", source: "paid", amount: DOLLAR, key: "paid" });
    const [entry = ""] = await use(tenant.job, [{ cost: 3n * DOLLAR, commission: DOLLAR }]);
    await use(tenant.job, [
      { cost: -DOLLAR - DOLLAR / 2n, commission: -DOLLAR / 2n, reverses: entry, type: "adjustment" },
    ]);
    expect(await figures(tenant)).toMatchObject({ allowance: "0.000000", balance: "0.500000" });
  });
});

describe("a hold", () => {
  it("is refused beyond what is there, says what is missing, and is changed under its key", async () => {
    const tenant = await prepaidTenant();
    await give(tenant, { kind: "topup", source: "paid", amount: 2n * DOLLAR, key: "paid" });
    await setAside(tenant, "a", DOLLAR);
    const error = await setAside(tenant, "b", DOLLAR + 1n).catch((refused: unknown) => refused);
    expect(refusalOf(error)).toEqual({
      reason: "needs_credit",
      needed: DOLLAR + 1n,
      available: DOLLAR,
      capId: null,
      windowKey: null,
    });
    await setAside(tenant, "a", 2n * DOLLAR);
    expect(await figures(tenant)).toMatchObject({ held: "2.000000" });
    await use(tenant.job, [{ cost: DOLLAR / 2n }], { holdKey: "a" });
    expect(await figures(tenant)).toMatchObject({ balance: "1.500000", held: "0.000000" });
    await setAside(tenant, "c", DOLLAR);
    await asWorker(tenant.job, async (tx) => release(tx, tenant.job, "c"));
    await asWorker(tenant.job, async (tx) => release(tx, tenant.job, "c"));
    expect(await figures(tenant)).toMatchObject({ balance: "1.500000", held: "0.000000" });
    const holds = await asWorker(tenant.job, (tx) =>
      tx
        .select({ key: creditHolds.key, status: creditHolds.status, used: creditHolds.settledAmount })
        .from(creditHolds),
    );
    expect(holds.toSorted((a, b) => a.key.localeCompare(b.key))).toEqual([
      { key: "a", status: "settled", used: "0.500000" },
      { key: "c", status: "released", used: "0.000000" },
    ]);
  });

  it("does not stand on credit that has expired", async () => {
    const tenant = await prepaidTenant();
    const expiresAt = new Date(Date.now() + 60_000);
    await give(tenant, { kind: "grant", source: "promo", amount: DOLLAR, key: "p", facts: { expiresAt } });
    await setAside(tenant, "a", DOLLAR / 2n);
    shiftClock(120_000);
    await expect(setAside(tenant, "b", 1n)).rejects.toMatchObject({ code: "HB402" });
    await use(tenant.job, [{ cost: DOLLAR / 4n }], { holdKey: "a" });
    expect(await figures(tenant)).toEqual({ allowance: "0.000000", balance: "-0.250000", held: "0.000000" });
  });

  it("is refused in debt, whatever the allowance; and what was not held must fit when it is guarded", async () => {
    const tenant = await prepaidTenant();
    await use(tenant.job, [{ cost: DOLLAR }]);
    await give(tenant, { kind: "grant", source: "plan", amount: 5n * DOLLAR, key: "plan" });
    await expect(setAside(tenant, "a", 1n)).rejects.toMatchObject({ code: "HB402" });
    await expect(use(tenant.job, [{ cost: 1n }], { isGuarded: true })).rejects.toMatchObject({
      code: "HB402",
    });
    await give(tenant, { kind: "topup", source: "paid", amount: DOLLAR, key: "t" });
    await use(tenant.job, [{ cost: DOLLAR }], { isGuarded: true });
    expect(await figures(tenant)).toMatchObject({ allowance: "4.000000", balance: "0.000000" });
  });

  it("of another tenant's wallet does not exist", async () => {
    const [a, b] = [await prepaidTenant(), await prepaidTenant()];
    await give(b, { kind: "topup", source: "paid", amount: DOLLAR, key: "paid" });
    const theirs = { ...a.job, tenantId: b.tenantId };
    const stolen = asWorker(a.job, async (tx) => hold(tx, theirs, { key: "x" }, 1n));
    await expect(stolen).rejects.toMatchObject({ code: "HB404" });
  });
});

describe("disputed money", () => {
  it("cannot be spent, comes back when it is won, and is taken when it is lost, spent or not", async () => {
    const tenant = await prepaidTenant();
    const { lotId } = await give(tenant, { kind: "topup", source: "paid", amount: 3n * DOLLAR, key: "t" });
    await use(tenant.job, [{ cost: DOLLAR }]);
    const facts = { lotId: lotId ?? "" };
    await give(tenant, { kind: "dispute", amount: 0n, key: "d1", facts });
    await expect(setAside(tenant, "a", 1n)).rejects.toMatchObject({ code: "HB402" });
    await give(tenant, { kind: "dispute_won", amount: 0n, key: "d1:won", facts });
    await setAside(tenant, "a", 2n * DOLLAR);
    await asWorker(tenant.job, async (tx) => release(tx, tenant.job, "a"));
    await give(tenant, { kind: "dispute", amount: 0n, key: "d2", facts });
    await give(tenant, { kind: "dispute", amount: -3n * DOLLAR, key: "d2:lost", facts });
    expect(await figures(tenant)).toMatchObject({ balance: "-1.000000" });
  });
});
