import { sql } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asSystem, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { executionSteps, executions } from "@/db/schema/ai";
import type { spendCaps } from "@/db/schema/caps";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { analyze, rowsReadIn } from "@/lib/testing/rows-read";
import type { TestTenant } from "@/lib/testing/scopes";
import { give, prepaidTenant, use } from "@/lib/wallet/testing";
import {
  findPayable,
  oldestOf,
  payableTenants,
  STEPS,
  waitsForCap,
  waitsForCredit,
} from "@/lib/wallet/unpaid";
import { makeAgent, seedRunPrices } from "./testing";
import { wakePaid } from "./wake-paid";

withTestDatabase();
beforeAll(() => seedRunPrices());

const DOLLAR = 1_000_000n;
const dollars = (amount: bigint) => `${amount / DOLLAR}.${String(amount % DOLLAR).padStart(6, "0")}`;

let tenant: TestTenant;
let agentId: string;
beforeEach(async () => {
  tenant = await prepaidTenant();
  agentId = await makeAgent(tenant.admin, "Ada");
});

let gifts = 0;
const giveMoney = (to: TestTenant, amount: bigint) => {
  gifts += 1;
  return give(to, { kind: "topup", source: "paid", amount, key: `gift ${gifts}` });
};

/** Plants runs whose one step waits for so much, oldest first. Gives their steps. */
async function plant(
  of: TestTenant,
  needs: readonly bigint[],
  wait: { reason: "credit" | "cap" | "ask"; capId?: string; sameRun?: boolean } = { reason: "credit" },
): Promise<string[]> {
  const steps = needs.map((needed) => ({ id: newId(), executionId: newId(), needed: dollars(needed) }));
  const first = steps[0]?.executionId ?? "";
  const runOf = (executionId: string) => (wait.sameRun ? first : executionId);
  await asWorker(of.job, async (tx) => {
    for (let at = 0; at < steps.length; at += 1_000) {
      const batch = steps.slice(at, at + 1_000);
      const runs = [...new Set(batch.map((step) => runOf(step.executionId)))];
      await tx.insert(executions).values(
        runs.map((id) => ({
          id,
          tenantId: of.tenantId,
          status: "waiting",
          waitReason: wait.reason,
          inputData: {},
        })),
      );
      await tx.insert(executionSteps).values(
        batch.map(({ id, executionId, needed }, n) => ({
          id,
          tenantId: of.tenantId,
          executionId: runOf(executionId),
          nodeId: `n${at + n}`,
          kind: "agent",
          name: "Ask",
          status: "waiting",
          waitReason: wait.reason,
          capId: wait.capId ?? null,
          needed,
        })),
      );
    }
  });
  return steps.map(({ id }) => id);
}

/** Plants so many steps like one that is there, in its run: with another status, or as they wait. */
async function plantLike(stepId: string | undefined, steps: number, status = "waiting"): Promise<void> {
  const { pool } = await database();
  await pool.query(
    `insert into execution_steps (id, tenant_id, execution_id, node_id, iteration, kind, name, status, wait_reason, cap_id, needed)
     select gen_random_uuid(), tenant_id, execution_id, $3, n, kind, name, $3, wait_reason, cap_id, needed
     from execution_steps, generate_series(1, $2) n where id = $1`,
    [stepId, steps, status],
  );
}

async function cap(amount: string, over: Partial<typeof spendCaps.$inferInsert> = {}): Promise<string> {
  const id = newId();
  const { pool } = await database();
  const row = { scope: "agent", agent: agentId, period: "day", onReach: "stop", ...over };
  await pool.query(
    `insert into spend_caps (id, tenant_id, scope, agent_id, period, amount, on_reach)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      id,
      tenant.tenantId,
      row.scope,
      row.scope === "agent" ? row.agent : null,
      row.period,
      amount,
      row.onReach,
    ],
  );
  return id;
}

const woken = async () => {
  const rows = await asWorker(tenant.job, (tx) =>
    tx
      .select({ id: executionSteps.id })
      .from(executionSteps)
      .where(sql`${executionSteps.status} = 'running'`)
      .orderBy(executionSteps.id),
  );
  return rows.map(({ id }) => id);
};

describe("what cannot be paid yet", () => {
  it("keeps nothing behind it waiting: not for more credit than there is, nor for a cap without room", async () => {
    const full = await cap("1");
    await use(tenant.job, [{ cost: DOLLAR, agentId }]);
    await giveMoney(tenant, 3n * DOLLAR);
    await plant(tenant, Array<bigint>(600).fill(100n * DOLLAR));
    await plant(tenant, Array<bigint>(600).fill(DOLLAR / 2n), { reason: "cap", capId: full });
    const roomy = await cap("5", { period: "month" });
    const capped = await plant(tenant, [DOLLAR], { reason: "cap", capId: roomy });
    const cheap = await plant(tenant, [DOLLAR, DOLLAR, DOLLAR]);

    expect(await findPayable()).toContain(tenant.tenantId);
    // Three dollars were given, and the one that was used before is owed.
    expect(await wakePaid(tenant.job)).toBe(3);
    expect(await woken()).toEqual([...capped, ...cheap.slice(0, 2)].toSorted());
  });

  it("is no reason to look at a tenant", async () => {
    const rich = await prepaidTenant();
    await plant(tenant, [DOLLAR]);
    await plant(rich, [DOLLAR]);
    await giveMoney(tenant, DOLLAR - 1n);
    await giveMoney(rich, DOLLAR);
    const payable = await findPayable();
    expect(payable).toContain(rich.tenantId);
    expect(payable).not.toContain(tenant.tenantId);
    await giveMoney(tenant, 1n);
    expect(await findPayable()).toContain(tenant.tenantId);
  });
});

describe("under a cap", () => {
  it("only so many go on as it has room for, oldest first", async () => {
    const capId = await cap("3");
    const steps = await plant(tenant, [2n * DOLLAR, 2n * DOLLAR, DOLLAR, DOLLAR], { reason: "cap", capId });
    expect(await findPayable()).toContain(tenant.tenantId);
    expect(await wakePaid(tenant.job)).toBe(2);
    expect(await woken()).toEqual([steps[0], steps[2]].toSorted());
  });

  it("of each run, every run has its own room", async () => {
    const capId = await cap("3", { scope: "run", period: "run" });
    const wait = { reason: "cap" as const, capId };
    await plant(tenant, [4n * DOLLAR], wait);
    expect(await findPayable()).not.toContain(tenant.tenantId);
    const [one, , other] = await plant(tenant, [2n * DOLLAR, 2n * DOLLAR, DOLLAR], {
      ...wait,
      sameRun: true,
    });
    const [alone] = await plant(tenant, [3n * DOLLAR], wait);
    expect(await findPayable()).toContain(tenant.tenantId);
    expect(await wakePaid(tenant.job)).toBe(3);
    expect(await woken()).toEqual([one, other, alone].toSorted());
  });

  it("that is gone, all go on", async () => {
    await plant(tenant, [DOLLAR, DOLLAR], { reason: "cap", capId: newId() });
    expect(await findPayable()).toContain(tenant.tenantId);
    expect(await wakePaid(tenant.job)).toBe(2);
  });

  it("that asks, one of those that do not fit goes on to ask", async () => {
    const capId = await cap("1", { onReach: "ask" });
    const steps = await plant(tenant, [5n * DOLLAR, 5n * DOLLAR], { reason: "cap", capId });
    expect(await findPayable()).toContain(tenant.tenantId);
    expect(await wakePaid(tenant.job)).toBe(1);
    expect(await woken()).toEqual([steps[0]]);
  });
});

describe("ten thousand that wait", () => {
  it("are not read to find that none can go on, nor to find the one that can", async () => {
    const capId = await cap("1");
    await use(tenant.job, [{ cost: DOLLAR, agentId }]);
    await giveMoney(tenant, 2n * DOLLAR);
    const [dear] = await plant(tenant, [100n * DOLLAR]);
    await plantLike(dear, 5_000);
    const [capped] = await plant(tenant, [50n * DOLLAR], { reason: "cap", capId });
    await plantLike(capped, 5_000);
    await plantLike(capped, 10_000, "completed");
    const [step] = await plant(tenant, [DOLLAR]);
    for (const table of ["execution_steps", "executions", "wallets"]) await analyze(table);

    const full = { capId, period: "day", amount: "1", room: "0", mayAsk: false };
    const read = await asWorker(tenant.job, async (tx) => [
      await rowsReadIn(
        tx,
        "execution_steps",
        oldestOf(tenant.job, STEPS, waitsForCredit(STEPS, tenant.job, DOLLAR), 500),
      ),
      await rowsReadIn(
        tx,
        "execution_steps",
        oldestOf(tenant.job, STEPS, waitsForCap(STEPS, tenant.job, full), 500),
      ),
    ]);
    // No more than what waits for the same.
    for (const rows of read) expect(rows).toBeLessThan(5_010);
    const looked = await asSystem("sweep-money", (tx) =>
      rowsReadIn(tx, "execution_steps", payableTenants(STEPS)),
    );
    expect(looked).toBeLessThan(100);
    expect(await wakePaid(tenant.job)).toBe(1);
    expect(await woken()).toEqual([step]);
  });
});
