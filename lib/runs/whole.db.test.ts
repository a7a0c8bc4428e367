import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { microsFromNumeric } from "@/lib/money";
import { startRun } from "@/lib/runs/commands/start";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
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
