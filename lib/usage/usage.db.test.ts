import { beforeAll, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { newId } from "@/lib/ids";
import { microsToNumeric } from "@/lib/money";
import { addSmallModel, makeAgent, seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { monthSpend, type SpendPart, spendForecast } from "@/lib/wallet/spend-queries";
import { use } from "@/lib/wallet/testing";
import { usageCsv } from "./csv";
import { type UsageGroupBy, usagePresets } from "./input";
import { usageReport } from "./queries";

withTestDatabase();

const at = (text: string) => new Date(`${text}Z`);
const NOW = at("2026-03-18T12:00:00");

let tenant: TestTenant;
let ada: string;
let bob: string;
const invoices = newId();

/** A month by hand: what was used when, by whom, and what it cost in micro-dollars. */
beforeAll(async () => {
  await seedRunPrices();
  tenant = await makeTenant();
  ada = await makeAgent(tenant.admin, 'Ada, "one"');
  bob = await makeAgent(tenant.admin, "Bob");
  const [, , , , mistake] = await use(tenant.job, [
    { at: at("2026-02-28T23:59:59.999"), cost: 7_000_000n, agentId: ada },
    { at: at("2026-03-01T00:00:00"), cost: 1_000_001n, agentId: ada, workflowId: invoices, modelKey: "m1" },
    { at: at("2026-03-04T11:59:59.999"), cost: 2_000_000n, agentId: ada },
    {
      at: at("2026-03-04T12:00:00"),
      cost: 3_500_000n,
      agentId: bob,
      modelKey: "m2",
      inputTokens: "0.123456",
    },
    { at: at("2026-03-09T08:00:00"), cost: 10_000_000n, agentId: bob, modelKey: "m1" },
    { at: at("2026-03-18T09:00:00"), cost: 250_000n },
  ]);
  await use(tenant.job, [
    {
      at: at("2026-03-10T00:00:00"),
      cost: -10_000_000n,
      type: "reversal",
      agentId: bob,
      modelKey: "m1",
      ...(mistake ? { reverses: mistake } : {}),
    },
  ]);
  const stranger = await makeTenant();
  await use(stranger.job, [{ at: at("2026-03-02T00:00:00"), cost: 99_000_000n, agentId: ada }]);
});

const parts = (list: readonly SpendPart[]) => list.map(({ key, micros }) => [key, microsToNumeric(micros)]);

describe("a month that was written by hand", () => {
  it("is spent as the hand adds it, by day, agent, workflow and model", async () => {
    const spend = await monthSpend(tenant.admin, NOW);
    expect(microsToNumeric(spend.totalMicros)).toBe("6.750001");
    expect(spend.byDay).toHaveLength(18);
    expect(spend.byDay.filter(({ micros }) => micros !== 0n)).toEqual([
      { day: "2026-03-01", micros: 1_000_001n },
      { day: "2026-03-04", micros: 5_500_000n },
      { day: "2026-03-09", micros: 10_000_000n },
      { day: "2026-03-10", micros: -10_000_000n },
      { day: "2026-03-18", micros: 250_000n },
    ]);
    expect(parts(spend.byAgent)).toEqual([
      [bob, "3.500000"],
      [ada, "3.000001"],
      [null, "0.250000"],
    ]);
    expect(parts(spend.byWorkflow)).toEqual([
      [null, "5.750000"],
      [invoices, "1.000001"],
    ]);
    expect(parts(spend.byModel)).toEqual([
      ["m2", "3.500000"],
      [null, "2.250000"],
      ["m1", "1.000001"],
    ]);
  });

  it("comes to what is spent, and the average of the last 14 days for the 13.5 that are left", async () => {
    // 3.75 since noon of the 4th; 6.750001 + 3.75 × 13.5 ÷ 14.
    expect(await spendForecast(tenant.admin, NOW)).toEqual({
      monthMicros: 6_750_001n,
      totalMicros: 10_366_072n,
      perDayMicros: 267_857n,
      basisDays: 14,
    });
  });

  it("is reported for any days, from the first instant of the first to the last of the last", async () => {
    const report = async (from: string, to: string, by: UsageGroupBy) => {
      const { rows, total } = await usageReport(tenant.admin, { from, to }, by);
      return { rows: rows.map(({ key, cost }) => [key, cost]), total: total.cost };
    };
    expect(await report("2026-02-28", "2026-02-28", "agent")).toEqual({
      rows: [[ada, "7.000000"]],
      total: "7.000000",
    });
    expect(await report("2026-03-04", "2026-03-09", "day")).toEqual({
      rows: [
        ["2026-03-04", "5.500000"],
        ["2026-03-09", "10.000000"],
      ],
      total: "15.500000",
    });
    expect(await report("2026-03-10", "2026-03-18", "model")).toEqual({
      rows: [
        [null, "0.250000"],
        ["m1", "-10.000000"],
      ],
      total: "-9.750000",
    });
    for (const by of ["day", "agent", "workflow", "model", "resource"] as const) {
      expect((await report("2026-03-01", "2026-03-31", by)).total, by).toBe("6.750001");
      const { byDay } = await usageReport(tenant.admin, { from: "2026-03-04", to: "2026-03-09" }, by);
      expect(byDay, by).toEqual([
        { day: "2026-03-04", cost: "5.500000" },
        { day: "2026-03-09", cost: "10.000000" },
      ]);
    }
  });

  it("counts the runs in which it was used, each once with all of its parts", async () => {
    const other = await makeTenant();
    const [first, second, item] = [newId(), newId(), newId()];
    await asWorker(other.job, (tx) =>
      tx.insert(executions).values([
        { id: first, tenantId: other.tenantId },
        { id: second, tenantId: other.tenantId },
        { id: item, tenantId: other.tenantId, rootExecutionId: first, trigger: "workflow" },
      ]),
    );
    await use(other.job, [
      { at: NOW, cost: 1n, executionId: first },
      { at: NOW, cost: 2n, executionId: item, rootExecutionId: first },
      { at: NOW, cost: 3n, executionId: second },
    ]);
    const { total, rows } = await usageReport(other.admin, { from: "2026-03-18", to: "2026-03-18" }, "day");
    expect([total.runs, ...rows.map((row) => row.runs)]).toEqual([2, 2]);
  });

  it("adds up in every column, however it is grouped", async () => {
    const columns = ["inputTokens", "outputTokens", "embeddingTokens", "nodes"] as const;
    for (const by of ["day", "agent", "workflow", "model", "resource"] as const) {
      const { rows, total } = await usageReport(tenant.admin, { from: "2026-03-01", to: "2026-03-31" }, by);
      const sums = columns.map((column) => rows.reduce((sum, row) => sum + row[column], 0));
      expect(
        columns.map((column) => total[column]),
        by,
      ).toEqual(sums);
      expect(total.inputTokens, by).toBe(123_456);
    }
    const { total } = await usageReport(tenant.admin, { from: "2020-01-01", to: "2020-01-02" }, "day");
    expect(total).toMatchObject({ cost: "0.000000", inputTokens: 0, runs: 0 });
  });

  it("is a file that a spreadsheet adds up to the same, with names that are told apart", async () => {
    const march = { from: "2026-03-01", to: "2026-03-31" };
    const csv = usageCsv(await usageReport(tenant.admin, march, "agent"), "agent");
    expect(csv.slice(1).split("\r\n")).toEqual([
      "agent,agent_id,runs,input_tokens,output_tokens,embedding_tokens,nodes,cost_usd",
      `Bob,${bob},0,123456,0,0,0,3.500000`,
      `"Ada, ""one""",${ada},0,0,0,0,2,3.000001`,
      "No agent,,0,0,0,0,1,0.250000",
      "",
    ]);
    const days = usageCsv(await usageReport(tenant.admin, march, "day"), "day");
    expect(days).toContain("\r\n2026-03-10,0,0,0,0,-1,-10.000000\r\n");
  });

  it("calls models by their names, and by their keys too where two have the same", async () => {
    const march = { from: "2026-03-01", to: "2026-03-31" };
    const labels = async () => (await usageReport(tenant.admin, march, "model")).rows.map((row) => row.label);
    expect(await labels()).toEqual(["m2", "No model", "m1"]);
    await addSmallModel({ input: "1", output: "1" }, "m1");
    expect(await labels()).toEqual(["m2", "No model", "Small"]);
    await addSmallModel({ input: "1", output: "1" }, "m2");
    expect(await labels()).toEqual(["Small (m2)", "No model", "Small (m1)"]);
    const { byModel } = await monthSpend(tenant.admin, NOW);
    expect(byModel.map(({ label }) => label)).toEqual(["Small (m2)", "Without a model", "Small (m1)"]);
    const csv = usageCsv(await usageReport(tenant.admin, march, "model"), "model");
    expect(csv.slice(1).split("\r\n").slice(0, 2)).toEqual([
      "model,model_key,runs,input_tokens,output_tokens,embedding_tokens,nodes,cost_usd",
      expect.stringMatching(/^Small \(m2\),m2,/),
    ]);
  });
});

it("days that are asked for often end today, and last month with its last day", () => {
  expect(usagePresets(at("2026-03-01T00:00:00"))).toEqual([
    { label: "This month", from: "2026-03-01", to: "2026-03-01" },
    { label: "Last month", from: "2026-02-01", to: "2026-02-28" },
    { label: "Last 7 days", from: "2026-02-23", to: "2026-03-01" },
    { label: "Last 30 days", from: "2026-01-31", to: "2026-03-01" },
  ]);
});
