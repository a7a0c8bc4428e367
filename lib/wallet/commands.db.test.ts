import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { auditLog } from "@/db/schema/system";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant } from "@/lib/testing/scopes";
import { removeCap, setCap } from "./caps/commands";
import { setCapInput } from "./caps/input";
import { listCaps, listTenantCaps } from "./caps/queries";
import { grantCustomerPromo, grantPromo } from "./commands/grant";
import { setWalletTerms } from "./commands/terms";
import { hold } from "./money-gatherer";
import { getCustomerWallet, getTenantWallet, getWallet } from "./queries";
import { expireCredit, expireHold, findExpiredCredit, findStaleHolds } from "./sweep";
import { brokenMoney, give, prepaidTenant, use } from "./testing";
import { everyTransaction, listTransactions } from "./transactions";

withTestDatabase();

const DOLLAR = 1_000_000n;
afterEach(async () => {
  shiftClock(0);
  expect(await brokenMoney()).toEqual([]);
});

describe("promotional credit", () => {
  it("is given once a click, shown with what changed, and refused to strangers", async () => {
    const platform = await makePlatform();
    const tenant = await prepaidTenant();
    const gift = { amount: 5n * DOLLAR, expiresAt: null, reason: "Sorry", requestKey: newId() };
    await grantPromo(platform, { ...gift, tenantId: tenant.tenantId });
    await grantPromo(platform, { ...gift, tenantId: tenant.tenantId });
    const noted = await asTenant(tenant.admin, (tx) =>
      tx.select({ after: auditLog.after }).from(auditLog).where(eq(auditLog.action, "promo.grant")),
    );
    expect(noted).toEqual([{ after: { amount: "5.000000", expiresAt: null, reason: "Sorry" } }]);
    await use(tenant.job, [{ cost: 2n * DOLLAR }]);
    const wallet = await getWallet(tenant.admin);
    expect(wallet).toMatchObject({
      balance: 3n * DOLLAR,
      available: 3n * DOLLAR,
      lots: [{ source: "promo" }],
    });
    const { items } = await listTransactions(tenant.admin, {});
    const [newest, first] = items;
    expect(newest).toMatchObject({ kind: "usage", amount: -2n * DOLLAR, balanceAfter: 3n * DOLLAR });
    expect(first).toMatchObject({ kind: "grant", amount: 5n * DOLLAR, reason: "Sorry" });
    const page = await listTransactions(tenant.admin, {}, 1);
    expect(page).toEqual({ items: [newest], nextCursor: newest?.id });
    expect(await listTransactions(tenant.admin, { cursor: page.nextCursor ?? "" })).toEqual({
      items: [first],
      nextCursor: null,
    });
    const exported = [];
    for await (const some of everyTransaction(platform, tenant.tenantId)) exported.push(...some);
    expect(exported).toEqual(items);
    await expect(getWallet(tenant.member)).rejects.toMatchObject({ code: "forbidden" });
    await expect(grantPromo(platform, { ...gift, tenantId: newId() })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

it("a press that was taken with another amount is told so, and gives nothing more", async () => {
  const platform = await makePlatform();
  const { partnerId, scope } = await makePartner();
  const tenant = await prepaidTenant(partnerId);
  const reused = {
    code: "conflict",
    reason: "request_key_reused",
    message: expect.stringContaining("$5.00"),
  };
  for (const grant of [
    (amount: bigint, key: string) => grantPromo(platform, giftOf(amount, key)),
    (amount: bigint, key: string) => grantCustomerPromo(scope, giftOf(amount, key)),
  ]) {
    const requestKey = newId();
    await grant(5n * DOLLAR, requestKey);
    await expect(grant(7n * DOLLAR, requestKey)).rejects.toMatchObject(reused);
  }
  expect(await getWallet(tenant.admin)).toMatchObject({ balance: 10n * DOLLAR });

  function giftOf(amount: bigint, requestKey: string) {
    return { tenantId: tenant.tenantId, amount, expiresAt: null, reason: "Welcome", requestKey };
  }
});

describe("a partner's promotion", () => {
  it("is credit of its own customer, once a click, paid by the partner when it is used", async () => {
    const { partnerId, scope } = await makePartner();
    const customer = await prepaidTenant(partnerId);
    const stranger = await prepaidTenant();
    const gift = { amount: 5n * DOLLAR, expiresAt: null, reason: "Welcome", requestKey: newId() };
    await grantCustomerPromo(scope, { ...gift, tenantId: customer.tenantId });
    await grantCustomerPromo(scope, { ...gift, tenantId: customer.tenantId });
    const seen = await getCustomerWallet(scope, customer.tenantId);
    expect(seen).toMatchObject({
      promo: 5n * DOLLAR,
      available: 5n * DOLLAR,
      lots: [{ paidBy: "partner", reason: "Welcome" }],
    });
    await use(customer.job, [{ cost: 6n * DOLLAR }]);
    const platform = await makePlatform();
    const after = { promo: 0n, owed: DOLLAR, balance: -DOLLAR, available: 0n };
    expect(await getTenantWallet(platform, customer.tenantId)).toMatchObject(after);
    expect(await getCustomerWallet(scope, customer.tenantId)).toMatchObject(after);
    await expect(grantCustomerPromo(scope, { ...gift, tenantId: stranger.tenantId })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(getCustomerWallet(scope, stranger.tenantId)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the terms of a wallet", () => {
  it("let a tenant go below zero, to its limit", async () => {
    const platform = await makePlatform();
    const tenant = await prepaidTenant();
    const terms = { tenantId: tenant.tenantId, reason: "Pays by invoice" };
    await expect(
      setWalletTerms(platform, { ...terms, mode: "prepaid", creditLimit: 1n }),
    ).rejects.toMatchObject({ code: "invalid" });
    await setWalletTerms(platform, { ...terms, mode: "postpaid", creditLimit: DOLLAR });
    const place = (key: string) => asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key }, DOLLAR));
    await place("a");
    await expect(place("b")).rejects.toMatchObject({ code: "HB402" });
  });
});

describe("a cap", () => {
  it("is set once for a place, shown with what is used, and another tenant's does not exist", async () => {
    const [tenant, stranger] = [await makeTenant(), await makeTenant()];
    const agentId = newId();
    await asTenant(tenant.admin, (tx) =>
      tx
        .insert(agents)
        .values({ id: agentId, tenantId: tenant.tenantId, name: "Ada", role: "r", llmConfig: {} }),
    );
    const daily = (amount: string) =>
      setCap(tenant.admin, setCapInput.parse({ scope: "agent", agentId, period: "day", amount }));
    const { capId } = await daily("5");
    await use(tenant.job, [{ cost: DOLLAR / 2n, agentId }]);
    expect((await daily("7.5")).capId).toBe(capId);
    await use(tenant.job, [{ cost: DOLLAR / 2n, agentId }]);
    expect(await listCaps(tenant.admin)).toMatchObject([
      { agentName: "Ada", period: "day", amount: 7_500_000n, spent: DOLLAR, held: 0n },
    ]);
    expect(await listTenantCaps(await makePlatform(), tenant.tenantId)).toMatchObject([
      { agentId, agentName: null, amount: 7_500_000n, spent: DOLLAR },
    ]);
    const theirs = setCapInput.parse({ scope: "agent", agentId, period: "day", amount: "1" });
    await expect(setCap(stranger.admin, theirs)).rejects.toMatchObject({ code: "not_found" });
    await expect(removeCap(stranger.admin, { capId })).rejects.toMatchObject({ code: "not_found" });
    await expect(setCap(tenant.member, theirs)).rejects.toMatchObject({ code: "forbidden" });
    await removeCap(tenant.admin, { capId });
    await use(tenant.job, [{ cost: DOLLAR }]);
    await setCap(tenant.admin, setCapInput.parse({ scope: "tenant", period: "month", amount: "50" }));
    const [whole] = await listCaps(tenant.admin);
    expect(whole).toMatchObject({ agentId: null, spent: 2n * DOLLAR, held: 0n });
    await removeCap(tenant.admin, { capId: whole?.id ?? "" });
    expect(await listCaps(tenant.admin)).toEqual([]);
  });

  it("is of an agent exactly when it names one, and of a run for a run", () => {
    for (const cap of [
      { scope: "agent", period: "day", amount: "1" },
      { scope: "tenant", period: "run", amount: "1" },
      { scope: "run", period: "month", amount: "1" },
      { scope: "tenant", period: "day", amount: "0" },
    ])
      expect(setCapInput.safeParse(cap).success, JSON.stringify(cap)).toBe(false);
  });
});

describe("the sweep", () => {
  it("gives back what a hold without a live step held, and ends credit whose time is over", async () => {
    const platform = await makePlatform();
    const tenant = await prepaidTenant();
    const { tenantId } = tenant;
    const expiresAt = new Date(Date.now() + 3_600_000);
    await grantPromo(platform, { tenantId, amount: DOLLAR, expiresAt, reason: "Trial", requestKey: newId() });
    await asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key: "a" }, DOLLAR));
    const staleHere = async () => (await findStaleHolds()).filter((hold) => hold.tenantId === tenantId);
    expect(await staleHere()).toEqual([]);
    shiftClock(16 * 60_000);
    const stale = await staleHere();
    expect(stale).toEqual([{ tenantId, key: "a", stepId: null, expiresAt: expect.any(String) }]);
    for (const hold of stale) expect(await expireHold(tenant.job, hold)).toBe(true);
    expect(await staleHere()).toEqual([]);
    expect(await getWallet(tenant.admin)).toMatchObject({ held: 0n, available: DOLLAR });
    expect(await findExpiredCredit()).not.toContain(tenantId);
    shiftClock(2 * 3_600_000);
    expect(await findExpiredCredit()).toContain(tenantId);
    await expireCredit(tenant.job);
    expect(await getWallet(tenant.admin)).toMatchObject({ balance: 0n, lots: [] });
    expect(await findExpiredCredit()).not.toContain(tenantId);
  });

  it("leaves a hold alone that was placed anew since it was looked for, such as for the next try at a document", async () => {
    const tenant = await prepaidTenant();
    const { tenantId } = tenant;
    await give(tenant, { kind: "topup", source: "paid", amount: DOLLAR, key: "t" });
    const setAside = () => asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key: "a" }, DOLLAR));
    await setAside();
    shiftClock(16 * 60_000);
    const [stale] = (await findStaleHolds()).filter((one) => one.tenantId === tenantId);
    if (!stale) throw new Error("nothing is stale");
    await setAside();
    expect(await expireHold(tenant.job, stale)).toBe(false);
    expect(await getWallet(tenant.admin)).toMatchObject({ held: DOLLAR, available: 0n });
  });
});
