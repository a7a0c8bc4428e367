import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { deleteWorkflow } from "@/lib/workflows/commands/manage";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { MAX_WORKFLOW_DEPTH } from "@/lib/workflows/kinds/workflow";
import { getWorkflow } from "@/lib/workflows/queries";
import { cancelRun } from "./commands/cancel";
import { replayRun } from "./commands/replay";
import { resumeRun } from "./commands/resume";
import { numberNode, publishChange, start } from "./commands/testing";
import { costRange } from "./cost-range";
import { driveTree, inside, line, mapNode, treeOf } from "./nested-testing";
import { outputNode, publishGraph, seedRunPrices, transformNode } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 60_000 });

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
});

const calling = (id: string, workflowId: string, versionId = "") => {
  const inputs = [{ key: "text", mode: "template", value: "{{ input.text }}" }];
  return testNode(id, "workflow", { workflowId, versionId, inputs });
};
const saying = (text: string) => line([transformNode("t", { text })]);

it("a fixed version calls the workflow that was published when the run began", async () => {
  const said = await publishGraph(tenant.admin, "Says", saying("one"));
  const between = await publishGraph(tenant.admin, "Between", line([calling("says", said)]));
  const { publishedVersionId } = await getWorkflow(tenant.admin, between);
  const fixed = calling("between", between, publishedVersionId ?? "");
  const executionId = await start(tenant, await publishGraph(tenant.admin, "Calls", line([fixed])));
  await publishChange(tenant, said, 1, saying("two"));
  expect(await driveTree(tenant, executionId)).toBe("completed");
  const versions = (await treeOf(tenant, executionId)).map((run) => run.workflowVersionId);
  const { publishedVersionId: newest } = await getWorkflow(tenant.admin, said);
  expect(versions).toHaveLength(3);
  expect(versions).not.toContain(newest);
});

it("a run goes on, and is run again, with what it called, whatever that takes and gives by now", async () => {
  const says = await publishGraph(tenant.admin, "Says", saying("one"));
  const uses = transformNode("uses", { text: "{{ says.result }}" });
  const graph = line([calling("says", says), numberNode("breaks", "double(input.text)"), uses]);
  const executionId = await start(tenant, await publishGraph(tenant.admin, "Calls", graph));
  expect(await driveTree(tenant, executionId)).toBe("failed");
  const fields = ["text", "tone"].map((key) => ({ key, label: key, type: "text", required: true }));
  const other = [testNode("input", "input", { fields }), outputNode("output", { said: "two" })];
  await publishChange(tenant, says, 1, testGraph(other, [testEdge("input", "output")]));

  const resumed = await resumeRun(tenant.admin, { executionId, on: "same" });
  expect(await driveTree(tenant, resumed.executionId)).toBe("failed");
  const replayed = await replayRun(tenant.admin, { executionId, on: "same", input: { text: "7" } });
  expect(await driveTree(tenant, replayed.executionId)).toBe("completed");
  await expect(resumeRun(tenant.admin, { executionId, on: "newest" })).rejects.toMatchObject({
    message: expect.stringContaining("“Says” needs “tone”"),
  });
});

it.each(["as it is published", "by a fixed version", "by a fixed version of what it calls"])(
  "a workflow that a run under way is still to call %s is not deleted, though nothing calls it any more",
  async (how) => {
    const says = await publishGraph(tenant.admin, "Says", saying("one"));
    const versionOf = async (workflowId: string) =>
      (await getWorkflow(tenant.admin, workflowId)).publishedVersionId ?? "";
    let call = calling("says", says, how === "as it is published" ? "" : await versionOf(says));
    if (how === "by a fixed version of what it calls") {
      const between = await publishGraph(tenant.admin, "Between", line([call]));
      call = calling("between", between, await versionOf(between));
      await publishChange(tenant, between, 1, saying("by itself"));
    }
    const later = testNode("later", "wait", { mode: "for", amount: 1, unit: "hours", until: "" });
    const calls = await publishGraph(tenant.admin, "Calls", line([later, call]));
    const executionId = await start(tenant, calls);
    expect(await driveTree(tenant, executionId)).toBe("waiting");
    await publishChange(tenant, calls, 1, saying("by itself"));
    const remove = () => deleteWorkflow(tenant.admin, { workflowId: says });
    await expect(remove()).rejects.toMatchObject({ code: "precondition", reason: "is_called" });
    await cancelRun(tenant.admin, { executionId });
    await remove();
  },
);

it("workflows call each other as deep as they may be published, whatever lists they are called in", async () => {
  let workflowId = await publishGraph(tenant.admin, "Level 0", saying("done"));
  for (let level = 1; level < MAX_WORKFLOW_DEPTH; level += 1) {
    const graph = line([mapNode("each", '["a"]')], { more: inside("each", calling("call", workflowId)) });
    workflowId = await publishGraph(tenant.admin, `Level ${level}`, graph);
  }
  const executionId = await start(tenant, workflowId);
  expect(await driveTree(tenant, executionId)).toBe("completed");
  expect(await treeOf(tenant, executionId)).toHaveLength(2 * MAX_WORKFLOW_DEPTH - 1);
});

it("an estimate looks at a workflow once, however often it is called by what is called", async () => {
  const map = line([mapNode("each", '["a"]')], { more: inside("each", transformNode("t", { a: "1" })) });
  let workflowId = await publishGraph(tenant.admin, "Level 0", map);
  for (let level = 1; level < 9; level += 1) {
    const calls = Array.from({ length: 6 }, (_, at) => calling(`call${at}`, workflowId));
    workflowId = await publishGraph(tenant.admin, `Level ${level}`, line(calls));
  }
  const { likely, lists } = await costRange(tenant.member, { workflowId, useDraft: false });
  // Input, map, ten items and output, and on each level eight nodes more.
  const nodesOf = (level: number): bigint => (level === 0 ? 13n : 8n + 6n * nodesOf(level - 1));
  expect(likely).toBe(100n * nodesOf(8));
  expect(lists).toMatchObject([{ node: "each" }]);
});
