import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { microsFromNumeric } from "@/lib/money";
import { startRun } from "@/lib/runs/commands/start";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { createWorkflow } from "@/lib/workflows/commands/create";
import { setWorkflowActive } from "@/lib/workflows/commands/manage";
import { publishWorkflow } from "@/lib/workflows/commands/publish";
import { saveDraft } from "@/lib/workflows/commands/save";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { createWorkflowInput } from "@/lib/workflows/input";
import { chain, outputNode, publishGraph, readRun, seedRunPrices, transformNode } from "./testing";

withTestDatabase();
beforeAll(async () => {
  await seedRunPrices();
  await startEmbedded(handler);
});
afterAll(() => embedded().engine.stop(2_000));

const branching = () => {
  const cases = [{ key: "yes", label: "Yes", expression: "input.text == 'yes'" }];
  const condition = testNode("which", "switch", { cases });
  return testGraph(
    [
      testNode("input", "input"),
      condition,
      transformNode("left", { text: "L" }),
      transformNode("right", { text: "R" }),
      outputNode("output", { result: "{{ left.text }}{{ right.text }}" }),
    ],
    [
      testEdge("input", "which"),
      { ...testEdge("which", "left"), sourcePort: "yes" },
      { ...testEdge("which", "right"), sourcePort: "else" },
      testEdge("left", "output"),
      testEdge("right", "output"),
    ],
  );
};

describe("a run that only computes", () => {
  it("has ended when its start answers, with every step and one bill for each node that ran", async () => {
    const { admin, job } = await makeTenant();
    const workflowId = await publishGraph(admin, "Branches", branching());
    const started = await startRun(admin, { workflowId, useDraft: false, input: { text: "no" } });
    expect(started.status).toBe("completed");
    const { run, steps, ledger } = await readRun(job, started.executionId);
    expect(run).toMatchObject({ status: "completed", resultData: { result: "R" } });
    const stood = Object.fromEntries(steps.map((step) => [step.nodeId, [step.status, step.branch]]));
    expect(stood).toEqual({
      input: ["completed", null],
      which: ["completed", "else"],
      left: ["skipped", null],
      right: ["completed", null],
      output: ["completed", null],
    });
    expect(ledger.map((row) => row.nodeId).toSorted()).toEqual(["input", "output", "right", "which"]);
    expect(ledger.reduce((sum, row) => sum + microsFromNumeric(row.tenantCost), 0n)).toBe(400n);
  });

  it("starts once for one key, however often at once", async () => {
    const { admin, job } = await makeTenant();
    const workflowId = await publishGraph(
      admin,
      "Once",
      chain([transformNode("t", { text: "x" })], "{{ t.text }}"),
    );
    const start = () =>
      startRun(admin, { workflowId, useDraft: false, input: { text: "a" }, idempotencyKey: "key" });
    const started = await Promise.all([start(), start(), start()]);
    expect(new Set(started.map((one) => one.executionId)).size).toBe(1);
    expect(started.filter((one) => one.isNew)).toHaveLength(1);
    const { ledger } = await readRun(job, started[0]?.executionId ?? "");
    expect(ledger).toHaveLength(3);
  });

  it("follows what is published when it starts, whatever this process saw before", async () => {
    const { admin } = await makeTenant();
    const graph = (text: string) => chain([transformNode("t", { text })], "{{ t.text }}");
    const { id: workflowId, revision } = await createWorkflow(
      admin,
      createWorkflowInput.parse({ name: "Changing", graph: graph("one") }),
    );
    await publishWorkflow(admin, { workflowId, revision, note: "" });
    const start = async () => {
      const { executionId } = await startRun(admin, { workflowId, useDraft: false, input: { text: "a" } });
      return (await readRun(admin, executionId)).run.resultData;
    };
    expect([await start(), await start()]).toEqual([{ result: "one" }, { result: "one" }]);

    const saved = await saveDraft(admin, { workflowId, revision, graph: graph("two"), isAutosave: false });
    expect(await start()).toEqual({ result: "one" });
    await publishWorkflow(admin, { workflowId, revision: saved.revision, note: "" });
    expect([await start(), await start()]).toEqual([{ result: "two" }, { result: "two" }]);

    await setWorkflowActive(admin, { workflowId, isActive: false });
    await expect(start()).rejects.toMatchObject({ code: "precondition", reason: "workflow_inactive" });
    const other = await makeTenant();
    const foreign = startRun(other.admin, { workflowId, useDraft: false, input: { text: "a" } });
    await expect(foreign).rejects.toMatchObject({ code: "not_found" });
  });

  it("that fails is driven node by node, and says where", async () => {
    const { admin, job } = await makeTenant();
    const broken = testNode("t", "transform", {
      fields: [{ key: "text", mode: "expression", value: "int(input.text)" }],
    });
    const workflowId = await publishGraph(admin, "Broken", chain([broken], "{{ t.text }}"));
    const started = await startRun(admin, { workflowId, useDraft: false, input: { text: "no number" } });
    const { run } = await until("the run to end", async () => {
      const read = await readRun(job, started.executionId);
      return ["completed", "failed"].includes(read.run.status ?? "") ? read : null;
    });
    expect(run).toMatchObject({ status: "failed", errorNodeId: "t" });
  });
});
