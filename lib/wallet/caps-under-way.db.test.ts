import { asc, eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { agents, executions } from "@/db/schema/ai";
import { capWindows } from "@/db/schema/caps";
import { auditLog } from "@/db/schema/system";
import { newId } from "@/lib/ids";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { removeCap, setCap } from "./caps/commands";
import { setCapInput } from "./caps/input";
import { listCaps } from "./caps/queries";
import { type HoldPlace, hold, lower, release } from "./money-gatherer";
import { refusalOf } from "./refusal";
import { monthSpend } from "./spend-queries";
import { brokenMoney, use } from "./testing";

withTestDatabase();

const DOLLAR = 1_000_000n;
let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

const cap = (over: Record<string, unknown>) =>
  setCap(tenant.admin, setCapInput.parse({ scope: "tenant", period: "day", ...over }));
const setAside = (place: HoldPlace, amount: Micros) =>
  asWorker(tenant.job, async (tx) => hold(tx, tenant.job, place, amount));
const isRefused = (place: HoldPlace, amount: Micros) =>
  setAside(place, amount).then(
    () => false,
    (error: unknown) => refusalOf(error)?.reason === "cap_reached",
  );

async function windows() {
  const rows = await asWorker(tenant.job, (tx) =>
    tx.select({ spent: capWindows.spent, held: capWindows.held }).from(capWindows),
  );
  return rows.map(({ spent, held }) => ({ spent: microsFromNumeric(spent), held: microsFromNumeric(held) }));
}

async function makeAgentRow(): Promise<string> {
  const id = newId();
  const agent = { id, tenantId: tenant.tenantId, name: id, role: "r", llmConfig: {} };
  await asTenant(tenant.admin, (tx) => tx.insert(agents).values(agent));
  return id;
}

async function makeRun(rootExecutionId?: string): Promise<string> {
  const id = newId();
  await asWorker(tenant.job, (tx) =>
    tx.insert(executions).values({
      id,
      tenantId: tenant.tenantId,
      status: "running",
      inputData: {},
      ...(rootExecutionId ? { rootExecutionId, parentExecutionId: rootExecutionId } : {}),
    }),
  );
  return id;
}

describe("a cap that is set while steps run", () => {
  it("bounds what is set aside for them too, and what they come to", async () => {
    await use(tenant.job, [{ cost: DOLLAR }]);
    await setAside({ key: "under way" }, 3n * DOLLAR);
    await cap({ amount: "5" });
    expect(await windows()).toEqual([{ spent: DOLLAR, held: 3n * DOLLAR }]);
    expect(await isRefused({ key: "next" }, DOLLAR + 1n)).toBe(true);
    await use(tenant.job, [{ cost: 2n * DOLLAR }], { holdKey: "under way" });
    expect(await windows()).toEqual([{ spent: 3n * DOLLAR, held: 0n }]);
    expect(await isRefused({ key: "next" }, 2n * DOLLAR + 1n)).toBe(true);
    expect(await isRefused({ key: "next" }, 2n * DOLLAR)).toBe(false);
    // Set again, nothing counts twice.
    await cap({ amount: "6" });
    expect(await windows()).toEqual([{ spent: 3n * DOLLAR, held: 2n * DOLLAR }]);
    expect(await brokenMoney()).toEqual([]);
  });

  it("is not set at all, and not noted, when what it bounds so far cannot be counted", async () => {
    const { pool } = await database();
    await cap({ amount: "5" });
    await pool.query(`create function refuse_count() returns trigger language plpgsql as $$ begin raise 'not now'; end $$;
      create trigger refuse_count before insert or update on cap_windows for each row execute function refuse_count()`);
    await expect(cap({ amount: "9" })).rejects.toThrow();
    await pool.query("drop function refuse_count cascade");
    const amounts = (await listCaps(tenant.admin)).map(({ amount }) => amount);
    expect(amounts).toEqual([5n * DOLLAR]);
    await cap({ amount: "7" });
    const noted = await asTenant(tenant.admin, (tx) =>
      tx
        .select({ before: auditLog.before, after: auditLog.after })
        .from(auditLog)
        .where(eq(auditLog.action, "spend_cap.set"))
        .orderBy(asc(auditLog.id)),
    );
    expect(noted).toMatchObject([
      { before: null, after: { amount: "5.000000" } },
      { before: { amount: "5.000000", isActive: true }, after: { amount: "7.000000" } },
    ]);
  });

  it("of an agent counts that agent's steps, and one that was off counts what ran meanwhile", async () => {
    const [agentId, other] = [await makeAgentRow(), await makeAgentRow()];
    await cap({ scope: "agent", agentId, amount: "5", isActive: false });
    await setAside({ key: "mine", agentId }, DOLLAR);
    await setAside({ key: "theirs", agentId: other }, 4n * DOLLAR);
    expect(await windows()).toEqual([{ spent: 0n, held: 0n }]);
    await cap({ scope: "agent", agentId, amount: "5" });
    expect(await windows()).toEqual([{ spent: 0n, held: DOLLAR }]);
    expect(await brokenMoney()).toEqual([]);
  });

  it("of an agent counts what is that agent's in the ledger, and no fee of a node, whenever it is counted", async () => {
    const agentId = await makeAgentRow();
    await cap({ scope: "agent", agentId, amount: "5" });
    await setAside({ key: "step", agentId }, 3n * DOLLAR);
    await use(tenant.job, [{ cost: 2n * DOLLAR, agentId }, { cost: DOLLAR }], { holdKey: "step" });
    const byAgent = (await monthSpend(tenant.admin)).byAgent.find(({ key }) => key === agentId)?.micros;
    expect(await windows()).toEqual([{ spent: byAgent, held: 0n }]);
    // Set again as it is, it leaves no more than it did.
    await cap({ scope: "agent", agentId, amount: "5" });
    expect(await windows()).toEqual([{ spent: byAgent, held: 0n }]);
    expect(await brokenMoney()).toEqual([]);
  });

  it("of each run counts what a run and its parts have spent and set aside", async () => {
    const run = await makeRun();
    const part = await makeRun(run);
    const other = await makeRun();
    await asWorker(tenant.job, async (tx) => {
      hold(tx, tenant.job, { key: "spent", executionId: run }, DOLLAR);
    });
    await use(tenant.job, [{ cost: DOLLAR, executionId: run }], { holdKey: "spent" });
    await use(tenant.job, [{ cost: DOLLAR, executionId: part, rootExecutionId: run }]);
    await setAside({ key: "a", executionId: run }, DOLLAR);
    await setAside({ key: "b", executionId: part, rootExecutionId: run }, DOLLAR);
    await setAside({ key: "c", executionId: other }, DOLLAR);
    await cap({ scope: "run", period: "run", amount: "5" });
    expect((await windows()).toSorted((a, b) => Number(a.held - b.held))).toEqual([
      { spent: 0n, held: DOLLAR },
      { spent: 2n * DOLLAR, held: 2n * DOLLAR },
    ]);
    expect(await isRefused({ key: "d", executionId: run }, DOLLAR + 1n)).toBe(true);
    expect(await isRefused({ key: "d", executionId: other }, DOLLAR + 1n)).toBe(false);
    expect(await brokenMoney()).toEqual([]);
  });

  it.each(["settled", "given back", "paid in part"] as const)(
    "and removed before they end keeps nothing of what they held: %s",
    async (ending) => {
      const { capId } = await cap({ amount: "5" });
      await setAside({ key: "under way" }, 3n * DOLLAR);
      await removeCap(tenant.admin, { capId });
      if (ending === "settled") await use(tenant.job, [{ cost: 2n * DOLLAR }], { holdKey: "under way" });
      else
        await asWorker(tenant.job, async (tx) => {
          if (ending === "given back") release(tx, tenant.job, "under way");
          else lower(tx, tenant.job, "under way", DOLLAR);
        });
      expect(await windows()).toMatchObject([{ held: ending === "paid in part" ? 2n * DOLLAR : 0n }]);
      expect(await brokenMoney()).toEqual([]);
    },
  );

  it("counts each of those that begin and end at that moment once", async () => {
    const steps = Array.from({ length: 40 }, (_, n) => `step ${n}`);
    const begun = steps.slice(0, 20);
    for (const key of begun) await setAside({ key }, DOLLAR);
    const end = (key: string) => use(tenant.job, [{ cost: DOLLAR / 2n }], { holdKey: key });
    await Promise.all([
      ...begun.slice(0, 10).map(end),
      ...steps.slice(20).map((key) => setAside({ key }, DOLLAR)),
      cap({ amount: "1000" }),
      ...begun.slice(10, 15).map(end),
    ]);
    expect(await windows()).toEqual([{ spent: 15n * (DOLLAR / 2n), held: 25n * DOLLAR }]);
    await Promise.all([...begun.slice(15), ...steps.slice(20)].map(end));
    expect(await windows()).toEqual([{ spent: 40n * (DOLLAR / 2n), held: 0n }]);
    expect(await brokenMoney()).toEqual([]);
  });
});
