import { beforeEach, describe, expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { capWindows, spendAlerts, spendCaps } from "@/db/schema/caps";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { hold } from "./money-gatherer";
import { refusalOf } from "./refusal";
import { brokenMoney, use } from "./testing";

withTestDatabase();

const DOLLAR = 1_000_000n;
let tenant: TestTenant;
const [agentId, other] = [newId(), newId()];

beforeEach(async () => {
  shiftClock(0);
  tenant = await makeTenant();
});

async function cap(over: Partial<typeof spendCaps.$inferInsert>): Promise<string> {
  const id = newId();
  await asTenant(tenant.admin, (tx) =>
    tx
      .insert(spendCaps)
      .values({ id, tenantId: tenant.tenantId, scope: "tenant", period: "day", amount: "2", ...over }),
  );
  return id;
}

const windows = () =>
  asWorker(tenant.job, (tx) =>
    tx.select({ spent: capWindows.spent, held: capWindows.held }).from(capWindows),
  );
const alerts = async () => {
  const rows = await asWorker(tenant.job, (tx) =>
    tx.select({ threshold: spendAlerts.threshold }).from(spendAlerts),
  );
  return rows.map((row) => row.threshold).toSorted((a, b) => a - b);
};
const setAside = (key: string, amount: bigint, place = {}) =>
  asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key, ...place }, amount));

describe("a cap", () => {
  it("bounds what is spent and held in its window, and alerts once at each threshold", async () => {
    const capId = await cap({});
    await setAside("a", DOLLAR);
    const error = await setAside("b", DOLLAR + 1n).catch((refused: unknown) => refused);
    expect(refusalOf(error)).toMatchObject({
      reason: "cap_reached",
      capId,
      available: DOLLAR,
      needed: DOLLAR + 1n,
    });
    await use(tenant.job, [{ cost: DOLLAR }], { holdKey: "a" });
    expect(await windows()).toEqual([{ spent: "1.000000", held: "0.000000" }]);
    expect(await alerts()).toEqual([50]);
    await expect(use(tenant.job, [{ cost: 2n * DOLLAR }], { isGuarded: true })).rejects.toMatchObject({
      code: "HB403",
    });
    await use(tenant.job, [{ cost: DOLLAR }], { isGuarded: true });
    await use(tenant.job, [{ cost: DOLLAR }]);
    expect(await alerts()).toEqual([50, 80, 100]);
    expect(await brokenMoney()).toEqual([]);
  });

  it("of an agent and of a run bounds those alone", async () => {
    await asTenant(tenant.admin, (tx) =>
      tx.insert(agents).values(
        [agentId, other].map((id) => ({
          id,
          tenantId: tenant.tenantId,
          name: `Agent ${id}`,
          role: "r",
          llmConfig: {},
        })),
      ),
    );
    await cap({ scope: "agent", agentId });
    await cap({ scope: "run", period: "run", amount: "3" });
    const [run, next] = [newId(), newId()];
    const inRun = (rootExecutionId: string, agent: string) => ({ rootExecutionId, agentId: agent });
    await setAside("a", 2n * DOLLAR, inRun(run, agentId));
    await expect(setAside("b", 1n, inRun(next, agentId))).rejects.toMatchObject({ code: "HB403" });
    await setAside("c", DOLLAR, inRun(run, other));
    await expect(setAside("d", 1n, inRun(run, other))).rejects.toMatchObject({ code: "HB403" });
    await setAside("e", DOLLAR, inRun(next, other));
  });

  it("counts a hold in the window it was placed in, whatever midnight does", async () => {
    await cap({});
    await setAside("a", DOLLAR);
    shiftClock(86_400_000);
    await use(tenant.job, [{ cost: DOLLAR }], { holdKey: "a" });
    expect(await windows()).toEqual([{ spent: "1.000000", held: "0.000000" }]);
    await setAside("b", 2n * DOLLAR);
    expect(await brokenMoney()).toEqual([]);
  });

  it("that is switched off stops nobody", async () => {
    await cap({ isActive: false });
    await setAside("a", 9n * DOLLAR);
    await use(tenant.job, [{ cost: 9n * DOLLAR }], { isGuarded: true });
    expect(await alerts()).toEqual([]);
  });
});
