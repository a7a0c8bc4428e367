import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { notifications } from "@/db/schema/notifications";
import { setModelActive } from "@/lib/admin/commands/platform";
import { shiftClock } from "@/lib/clock";
import { startRun } from "@/lib/runs/commands/start";
import { DRIVE_MS, driveRun } from "@/lib/runs/drive";
import {
  addSmallModel,
  chain,
  makeAgent,
  publishGraph,
  SMALL_MODEL,
  seedRunPrices,
  transformNode,
} from "@/lib/runs/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { walletOf, whileHeld } from "@/lib/testing/held";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { findUntold, tellSpending } from "./alerts";
import { extendCap, setCap } from "./caps/commands";
import { extendCapInput, setCapInput } from "./caps/input";
import { prepaidTenant, use } from "./testing";

withTestDatabase();
beforeAll(async () => {
  await seedRunPrices();
  await addSmallModel({ input: "0.200000", output: "0.800000" });
});

afterEach(() => shiftClock(0));

const DOLLAR = 1_000_000n;
const goTo = (time: string) => shiftClock(Date.parse(time) - Date.now());
const titles = async (tenant: TestTenant) => {
  const rows = await asTenant(tenant.admin, (tx) =>
    tx.select({ title: notifications.title, userId: notifications.userId }).from(notifications),
  );
  return rows
    .filter((row) => row.userId === tenant.adminId)
    .map((row) => row.title)
    .toSorted();
};

describe("what is told of spending", () => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await makeTenant();
  });

  it("is each threshold of a cap, once in its window, to the admins alone", async () => {
    await setCap(tenant.admin, setCapInput.parse({ scope: "tenant", period: "month", amount: "2" }));
    await use(tenant.job, [{ cost: DOLLAR }]);
    expect(await findUntold()).toContain(tenant.tenantId);
    expect(await tellSpending(tenant.job)).toBe(true);
    expect(await titles(tenant)).toEqual(["The workspace has used 50 % of its cap"]);
    expect(await findUntold()).not.toContain(tenant.tenantId);
    expect(await tellSpending(tenant.job)).toBe(false);
    await use(tenant.job, [{ cost: DOLLAR }]);
    await tellSpending(tenant.job);
    expect(await titles(tenant)).toEqual([
      "The workspace has used 100 % of its cap",
      "The workspace has used 50 % of its cap",
      "The workspace has used 80 % of its cap",
    ]);
    const others = await asTenant(tenant.admin, (tx) => tx.select().from(notifications));
    expect(others.every((row) => row.userId === tenant.adminId)).toBe(true);
  });

  it("is when that was, where the day or month of a cap is over by then", async () => {
    for (const period of ["day", "month"])
      await setCap(tenant.admin, setCapInput.parse({ scope: "tenant", period, amount: "2" }));
    goTo("2026-11-30T23:59:30Z");
    await use(tenant.job, [{ cost: DOLLAR }]);
    goTo("2026-12-01T00:00:10Z");
    await tellSpending(tenant.job);
    const rows = await asTenant(tenant.admin, (tx) =>
      tx.select({ body: notifications.body }).from(notifications),
    );
    expect(rows.map(({ body }) => body).toSorted()).toEqual([
      "50 % of $2.00 was spent in November 2026.",
      "50 % of $2.00 was spent on 30 November 2026.",
    ]);
  });

  it("is of what was allowed on top too", async () => {
    const cap = setCapInput.parse({ scope: "tenant", period: "month", amount: "2" });
    const { capId } = await setCap(tenant.admin, cap);
    await extendCap(tenant.admin, extendCapInput.parse({ capId, extra: "2" }));
    await use(tenant.job, [{ cost: 2n * DOLLAR }]);
    await tellSpending(tenant.job);
    const rows = await asTenant(tenant.admin, (tx) =>
      tx.select({ title: notifications.title, body: notifications.body }).from(notifications),
    );
    expect(rows).toEqual([
      { title: "The workspace has used 50 % of its cap", body: "50 % of $4.00 is spent this month." },
    ]);
  });

  it("is which model an agent answers with from then on, where its cap changes that", async () => {
    const agentId = await makeAgent(tenant.admin, "Ada");
    const cap = { scope: "agent", agentId, period: "month", amount: "2", onReach: "switch" };
    await setCap(
      tenant.admin,
      setCapInput.parse({ ...cap, fallbackModelKey: SMALL_MODEL, switchAtPercent: 70 }),
    );
    const bodies = async () => {
      await tellSpending(tenant.job);
      const rows = await asTenant(tenant.admin, (tx) =>
        tx.select({ body: notifications.body }).from(notifications).orderBy(notifications.createdAt),
      );
      return rows.map(({ body }) => body);
    };
    await use(tenant.job, [{ cost: DOLLAR, agentId }]);
    const half = "50 % of $2.00 is spent this month. From 70 % on it answers with Small, which is cheaper.";
    expect(await bodies()).toEqual([half]);
    await use(tenant.job, [{ cost: (DOLLAR * 7n) / 10n, agentId }]);
    expect(await bodies()).toEqual([
      half,
      "80 % of $2.00 is spent this month. It answers with Small now, which is cheaper.",
    ]);
  });

  it("is that an agent keeps its own model, where the cheaper one was switched off", async () => {
    const agentId = await makeAgent(tenant.admin, "Ada");
    const cap = { scope: "agent", agentId, period: "month", amount: "2", onReach: "switch" };
    await setCap(tenant.admin, setCapInput.parse({ ...cap, fallbackModelKey: SMALL_MODEL }));
    const platform = await makePlatform();
    await setModelActive(platform, { modelKey: SMALL_MODEL, isActive: false });
    await use(tenant.job, [{ cost: DOLLAR, agentId }]);
    await tellSpending(tenant.job);
    await setModelActive(platform, { modelKey: SMALL_MODEL, isActive: true });
    const rows = await asTenant(tenant.admin, (tx) =>
      tx.select({ body: notifications.body }).from(notifications),
    );
    expect(rows).toEqual([
      {
        body: "50 % of $2.00 is spent this month. It keeps its own model: Small, the cheaper one, is not available any more.",
      },
    ]);
  });

  it("is that runs wait for credit, once a day", async () => {
    const poor = await prepaidTenant();
    const graph = chain([transformNode("upper", { text: "x" })], "{{ upper.text }}");
    const workflowId = await publishGraph(poor.admin, "Computes", graph);
    const { executionId } = await startRun(poor.admin, { workflowId, useDraft: false, input: { text: "a" } });
    await driveRun(poor.job, executionId, { budgetMs: DRIVE_MS });
    expect(await findUntold()).toContain(poor.tenantId);
    await tellSpending(poor.job);
    await tellSpending(poor.job);
    expect(await titles(poor)).toEqual(["Runs wait for credit"]);
  });

  // PGlite has one connection.
  it.runIf(testServerUrl())(
    "holds no alert while it waits for a wallet: who spends has that, and comes to the alerts",
    async () => {
      await setCap(tenant.admin, setCapInput.parse({ scope: "tenant", period: "month", amount: "2" }));
      await use(tenant.job, [{ cost: DOLLAR }]);
      const [told] = await whileHeld(walletOf(tenant), [() => tellSpending(tenant.job)], async () => {
        const { pool } = await database();
        const free = "select threshold from spend_alerts where tenant_id = $1 for update nowait";
        expect((await pool.query(free, [tenant.tenantId])).rows).toEqual([{ threshold: 50 }]);
      });
      expect(told).toBe(true);
    },
  );
});
