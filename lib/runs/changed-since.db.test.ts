import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { updateAgent } from "@/lib/agents/commands";
import { updateAgentInput } from "@/lib/agents/input";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { GraphNode } from "@/lib/workflows/graph";
import { testNode } from "@/lib/workflows/graph-testing";
import { getWorkflow } from "@/lib/workflows/queries";
import { resumeRun } from "./commands/resume";
import { byNode, numberNode, publishChange, start } from "./commands/testing";
import { billedFor, driveTree, inside, line, mapNode, treeOf } from "./nested-testing";
import { getReplayForm } from "./replay-form";
import { previewResume } from "./resume-preview";
import { makeAgent, publishGraph, readRun, seedRunPrices, TEST_MODEL, transformNode } from "./testing";

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
const publishedVersion = async (workflowId: string) =>
  (await getWorkflow(tenant.admin, workflowId)).publishedVersionId ?? "";

/** A run that failed after what it calls had completed. */
async function failedAfter(node: GraphNode, more: readonly GraphNode[] = []): Promise<string> {
  const graph = line([node, numberNode("breaks", "double(input.text)")], { more });
  const executionId = await start(tenant, await publishGraph(tenant.admin, `Calls ${node.id}`, graph));
  expect(await driveTree(tenant, executionId)).toBe("failed");
  return executionId;
}

const onNewest = (executionId: string) => previewResume(tenant.admin, { executionId, on: "newest" });

/** What was taken over by a run that goes on with it on the newest version, and the versions that ran below. */
async function resumedOnNewest(executionId: string) {
  const next = (await resumeRun(tenant.admin, { executionId, on: "newest" })).executionId;
  await driveTree(tenant, next);
  const { steps } = await readRun(tenant.job, next);
  const [, ...below] = await treeOf(tenant, next);
  return {
    taken: byNode(steps.filter((step) => step.reusedStepId !== null)),
    versions: below.map((run) => run.workflowVersionId),
    billed: await billedFor(tenant, next),
  };
}

it("what a called workflow calls runs again on the newest version where it has changed, and is named", async () => {
  const says = await publishGraph(tenant.admin, "Says", saying("one"));
  const between = await publishGraph(tenant.admin, "Between", line([calling("says", says)]));
  const executionId = await failedAfter(calling("between", between));
  const paid = await billedFor(tenant, executionId);
  expect(await onNewest(executionId)).toMatchObject({ savedMicros: paid.toString(), around: { called: [] } });
  expect((await getReplayForm(tenant.admin, { executionId })).newest).toBeNull();

  await publishChange(tenant, says, 1, saying("two"));
  expect((await getReplayForm(tenant.admin, { executionId })).newest).not.toBeNull();
  expect(await onNewest(executionId)).toMatchObject({
    reused: [{ nodeId: "input" }],
    again: [{ nodeId: "between", reason: "changed" }, { nodeId: "breaks" }, { nodeId: "output" }],
    savedMicros: "100",
    diff: null,
    around: {
      called: [
        {
          name: "Says",
          from: 1,
          to: 2,
          diff: { nodes: [{ nodeId: "t", fields: [{ before: "one", after: "two" }] }] },
        },
      ],
      agents: [],
    },
  });
  const { taken, versions, billed } = await resumedOnNewest(executionId);
  expect(taken).toEqual(["input"]);
  expect(versions).toEqual([await publishedVersion(between), await publishedVersion(says)]);
  expect(billed).toBe(paid - 100n);

  const same = await previewResume(tenant.admin, { executionId, on: "same" });
  expect(same).toMatchObject({ savedMicros: paid.toString(), around: { called: [], agents: [] } });
});

it("a call by a fixed version is kept whatever is published, unless what that version calls has changed", async () => {
  const says = await publishGraph(tenant.admin, "Says", saying("one"));
  const between = await publishGraph(tenant.admin, "Between", line([calling("says", says)]));
  const keeps = await failedAfter(calling("says", says, await publishedVersion(says)));
  const follows = await failedAfter(calling("between", between, await publishedVersion(between)));
  await publishChange(tenant, between, 1, saying("not asked for"));
  await publishChange(tenant, says, 1, saying("two"));
  expect(await onNewest(keeps)).toMatchObject({
    savedMicros: (await billedFor(tenant, keeps)).toString(),
    around: { called: [] },
  });
  expect((await resumedOnNewest(keeps)).taken).toEqual(["input", "says"]);
  expect(await onNewest(follows)).toMatchObject({
    savedMicros: "100",
    around: { called: [{ name: "Says", from: 1, to: 2 }] },
  });
  expect((await resumedOnNewest(follows)).taken).toEqual(["input"]);
});

it("an agent that has changed within a workflow that the items of a list call makes them run again, and is named", async () => {
  const agentId = await makeAgent(tenant.admin, "Ana", "You answer briefly.");
  const agent = testNode("asks", "agent", { agentId, prompt: "{{ input.text }}" });
  const asks = await publishGraph(tenant.admin, "Asks", line([agent]));
  const call = testNode("call", "workflow", {
    workflowId: asks,
    versionId: "",
    inputs: [{ key: "text", mode: "template", value: "{{ item }}" }],
  });
  const executionId = await failedAfter(mapNode("each", '["a", "b"]'), inside("each", call));
  const changed = { name: "Ana", role: "You answer at length.", llmConfig: { modelKey: TEST_MODEL } };
  await updateAgent(tenant.admin, updateAgentInput.parse({ ...changed, agentId, version: 1 }));
  expect(await onNewest(executionId)).toMatchObject({
    reused: [{ nodeId: "input" }],
    savedMicros: "100",
    around: { called: [], agents: ["Ana"] },
  });
  expect((await resumedOnNewest(executionId)).taken).toEqual(["input"]);
});
