import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asPartner, asPlatform, asSystem, asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { tenants } from "@/db/schema/auth";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { until } from "@/inngest/engine/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { createWorkflow } from "@/lib/workflows/commands/create";
import { publishWorkflow } from "@/lib/workflows/commands/publish";
import { saveDraft } from "@/lib/workflows/commands/save";
import { testNode } from "@/lib/workflows/graph-testing";
import { createWorkflowInput } from "@/lib/workflows/input";
import { startRun } from "./commands/start";
import { costRange } from "./cost-range";
import { costWords } from "./cost-words";
import { DRIVE_MS, driveRun } from "./drive";
import { estimateRunInput, isFinished } from "./input";
import { listRuns } from "./queries";
import {
  chain,
  llmNode,
  makeAgent,
  publishGraph,
  readRun,
  seedRunPrices,
  TEST_MODEL,
  transformNode,
} from "./testing";

withTestDatabase();

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
});

const workflow = (workflowId: string, useDraft = false) => estimateRunInput.parse({ workflowId, useDraft });

async function driven(workflowId: string, text: string) {
  const { executionId } = await startRun(tenant.admin, { workflowId, useDraft: false, input: { text } });
  const drive = async (id: string) =>
    (await driveRun(tenant.job, id, { budgetMs: DRIVE_MS })).againMs === null;
  await until("the run and its parts to end", async () => {
    await drive(executionId);
    const parts = await asWorker(tenant.job, (tx) =>
      tx.select({ id: executions.id }).from(executions).where(eq(executions.rootExecutionId, executionId)),
    );
    for (const part of parts) await drive(part.id);
    const { run: row } = await readRun(tenant.admin, executionId);
    return isFinished(row.status ?? "");
  });
  return { executionId, ...(await readRun(tenant.admin, executionId)) };
}

async function run(workflowId: string, text: string): Promise<bigint> {
  const { run: row, ledger } = await driven(workflowId, text);
  expect(row.status).toBe("completed");
  return ledger.reduce((sum, entry) => sum + BigInt(entry.tenantCost.replace(".", "")), 0n);
}

describe("the range of what a run costs", () => {
  it("is taken from the graph while there are few runs, and every run stays in it", async () => {
    const workflowId = await publishGraph(
      tenant.admin,
      "Asks",
      chain([llmNode("ask", TEST_MODEL), transformNode("upper", { text: "x" })], "done"),
    );
    const range = await costRange(tenant.admin, workflow(workflowId));
    expect(range.runs).toBe(0);
    // Four nodes, each with its fee.
    expect(range.low).toBeGreaterThan(400n);
    expect(range.likely).toBeGreaterThan(range.low);
    expect(range.high).toBeGreaterThan(range.likely);
    const cost = await run(workflowId, "hello");
    expect(cost).toBeGreaterThanOrEqual(400n);
    expect(cost).toBeLessThanOrEqual(range.high);
  });

  it("is then what such runs used, at the prices of now and of the tenant's partner", async () => {
    const graph = chain([transformNode("upper", { text: "x" })], "done");
    const workflowId = await publishGraph(tenant.admin, "Computes", graph);
    for (let n = 0; n < 5; n += 1) await run(workflowId, `text ${n}`);
    expect(await costRange(tenant.admin, workflow(workflowId))).toEqual({
      low: 300n,
      likely: 300n,
      high: 300n,
      runs: 5,
      sameRuns: 5,
      lists: [],
      before: null,
    });
    // The draft is the same graph: the same runs count.
    expect((await costRange(tenant.admin, workflow(workflowId, true))).runs).toBe(5);
    const partner = await makePartner();
    const { partnerId } = partner;
    const [base] = await asPlatform(await makePlatform(), (tx) =>
      tx
        .select({ id: systemRates.id })
        .from(systemRates)
        .where(eq(systemRates.resourceType, "workflow_node")),
    );
    await asPartner(partner.scope, (tx) =>
      tx.insert(partnerRates).values({
        partnerId,
        systemRateId: base?.id ?? "",
        resourceType: "workflow_node",
        unit: "node",
        rate: "0.000700",
        effectiveFrom: new Date("2026-01-01T00:00:00Z"),
      }),
    );
    await asSystem("test", (tx) =>
      tx.update(tenants).set({ partnerId }).where(eq(tenants.id, tenant.tenantId)),
    );
    expect(await costRange(tenant.admin, workflow(workflowId))).toMatchObject({
      low: 2_100n,
      high: 2_100n,
      runs: 5,
    });
  });

  it("is by runs of any version while there are few of this one, as wide as its graph makes likely", async () => {
    const steps = (count: number) =>
      chain(
        Array.from({ length: count }, (_, n) => transformNode(`t${n}`, { text: "x" })),
        "done",
      );
    const id = await publishGraph(tenant.admin, "Grows", steps(2));
    for (let n = 0; n < 2; n += 1) await run(id, `text ${n}`);
    expect(await costRange(tenant.admin, workflow(id))).toEqual({
      low: 400n,
      likely: 400n,
      high: 400n,
      runs: 2,
      sameRuns: 2,
      lists: [],
      before: null,
    });
    const change = { workflowId: id, revision: 1, graph: steps(4), isAutosave: false };
    const { revision } = await saveDraft(tenant.admin, change);
    await publishWorkflow(tenant.admin, { workflowId: id, revision, note: "" });
    const grown = await costRange(tenant.admin, workflow(id));
    expect(grown).toMatchObject({ low: 400n, likely: 400n, high: 600n, runs: 2, sameRuns: 0 });
    const [first] = (await listRuns(tenant.admin, { workflowId: id })).items;
    const again = (on: "same" | "newest") => estimateRunInput.parse({ executionId: first?.id, on });
    expect(await costRange(tenant.admin, again("same"))).toMatchObject({ high: 400n, sameRuns: 2 });
    expect(await costRange(tenant.admin, again("newest"))).toEqual(grown);
    const stranger = await makeTenant();
    await expect(costRange(stranger.admin, again("same"))).rejects.toMatchObject({ code: "not_found" });
  });

  it("of a list says how many items it takes for granted, and is no wider than they make it", async () => {
    const each = (usualItems?: number) => ({
      items: "input.text | split: ','",
      maxParallel: 5,
      maxItems: 100,
      ...(usualItems ? { usualItems } : {}),
      onItemError: "fail",
      mode: "template",
      value: "{{ ask.text }}",
    });
    const graph = (usualItems?: number) => {
      const outer = chain([testNode("each", "map", each(usualItems))], "done");
      return { ...outer, nodes: [...outer.nodes, { ...llmNode("ask", TEST_MODEL), parent: "each" }] };
    };
    const draft = async (usualItems?: number) => {
      const made = createWorkflowInput.parse({ name: `Each ${usualItems}`, graph: graph(usualItems) });
      const { id } = await createWorkflow(tenant.admin, made);
      return costRange(tenant.admin, workflow(id, true));
    };
    const one = await draft(1);
    const ten = await draft();
    expect(ten.lists).toMatchObject([
      { node: "each", items: { low: 3, likely: 10, high: 30 }, isDeclared: false },
    ]);
    const [list] = ten.lists;
    // The fees of the three nodes around it, and ten times what one item costs.
    expect(ten.likely).toBe(300n + 10n * (list?.perItem ?? 0n));
    expect(one.lists).toMatchObject([{ items: { low: 1, likely: 1, high: 3 }, isDeclared: true }]);
    const most = (await draft(100)).high;
    expect(ten.high).toBeLessThan(most);
    const words = costWords(ten).assumed.join(" ");
    expect(words).toContain("“each” is taken to have 10 items (3 to 30): each one more costs about $");
  });

  it("of a run that is to be run again goes by what it cost and by the lists it had", async () => {
    const each = testNode("each", "map", {
      items: "input.text.split(',')",
      maxParallel: 5,
      maxItems: 100,
      onItemError: "fail",
      mode: "template",
      value: "{{ upper.text }}",
    });
    const number = { fields: [{ key: "n", mode: "expression", value: "int(input.text)" }] };
    const outer = chain([each, testNode("number", "transform", number)], "done");
    const inside = { ...transformNode("upper", { text: "x" }), parent: "each" };
    const id = await publishGraph(tenant.admin, "Numbers", { ...outer, nodes: [...outer.nodes, inside] });
    const again = async (executionId: string, on: "same" | "newest" = "same") =>
      costRange(tenant.admin, estimateRunInput.parse({ executionId, on }));

    const failed = await driven(id, "a,b");
    expect(failed.run.status).toBe("failed");
    // The four nodes around the list and its two items.
    const whole = { low: 600n, likely: 600n, high: 600n, runs: 0 };
    const range = await again(failed.executionId);
    expect(range).toMatchObject({ ...whole, before: { cost: 400n, isWhole: false } });
    expect(range.lists).toMatchObject([
      { node: "each", items: { low: 2, likely: 2, high: 2 }, isSeen: true, perItem: 100n },
    ]);
    expect(await again(failed.executionId, "newest")).toMatchObject({ ...whole, before: null });

    for (const text of ["1", "2", "3", "4", "5"]) await run(id, text);
    const long = await driven(id, "a,b,c,d,e,f");
    expect(await again(long.executionId)).toMatchObject({ low: 800n, likely: 800n, high: 800n, runs: 5 });
    const { executionId } = await driven(id, "6");
    expect(await again(executionId)).toMatchObject({
      low: 500n,
      likely: 500n,
      before: { cost: 500n, isWhole: true },
    });
  });

  it("counts what an agent, a called workflow and a list may do", async () => {
    const agentId = await makeAgent(tenant.admin, "Ada");
    const alone = await costRange(tenant.admin, estimateRunInput.parse({ agentId }));
    expect(alone).toMatchObject({ runs: 0 });
    const called = await publishGraph(
      tenant.admin,
      "Called",
      chain([testNode("ada", "agent", { agentId, prompt: "{{ input.text }}" })], "done"),
    );
    const one = await costRange(tenant.admin, workflow(called));
    // The same agent, asked with the same words, and the fees of three nodes.
    expect([one.low - alone.low, one.high - alone.high]).toEqual([300n, 300n]);
    const outer = await publishGraph(
      tenant.admin,
      "Calls",
      chain(
        [
          testNode("call", "workflow", {
            workflowId: called,
            versionId: "",
            inputs: [{ key: "text", mode: "template", value: "hi" }],
          }),
        ],
        "done",
      ),
    );
    const both = await costRange(tenant.admin, workflow(outer));
    expect([both.low - one.low, both.likely - one.likely, both.high - one.high]).toEqual([300n, 300n, 300n]);
  });

  it("of a draft is there before it was ever published; what is not published or not there has none", async () => {
    const graph = chain([transformNode("upper", { text: "x" })], "done");
    const { id } = await createWorkflow(tenant.admin, createWorkflowInput.parse({ name: "Draft", graph }));
    expect(await costRange(tenant.admin, workflow(id, true))).toMatchObject({
      low: 300n,
      high: 300n,
      runs: 0,
    });
    await expect(costRange(tenant.admin, workflow(id))).rejects.toMatchObject({ reason: "not_published" });
    const stranger = await makeTenant();
    await expect(costRange(stranger.admin, workflow(id, true))).rejects.toMatchObject({ code: "not_found" });
  });
});
