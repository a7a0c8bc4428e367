import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { updateAgent } from "@/lib/agents/commands";
import { updateAgentInput } from "@/lib/agents/input";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { saveDraft } from "@/lib/workflows/commands/save";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { getReplayForm } from "../replay-form";
import {
  chain,
  makeAgent,
  publishGraph,
  readRun,
  seedRunPrices,
  TEST_MODEL,
  transformNode,
} from "../testing";
import { replayRuns, resumeRuns } from "./bulk";
import { cancelRun } from "./cancel";
import { replayRun } from "./replay";
import { startRun } from "./start";
import { ASKING, byNode, drive, publishChange, start } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
});

describe("replaying", () => {
  it("runs all of it on other input, and names the field that does not fit", async () => {
    const workflowId = await publishGraph(tenant.admin, "Ask", ASKING);
    const executionId = await start(tenant, workflowId);
    await drive(tenant, executionId);
    const replayed = await replayRun(tenant.admin, { executionId, on: "same", input: { text: "b" } });
    await drive(tenant, replayed.executionId);
    const { run, steps, ledger } = await readRun(tenant.job, replayed.executionId);
    expect(run).toMatchObject({
      status: "completed",
      mode: "replay",
      sourceExecutionId: executionId,
      inputData: { text: "b" },
    });
    expect(steps.every((step) => step.reusedStepId === null)).toBe(true);
    expect(byNode(ledger)).toEqual(["ask", "ask", "ask", "input", "output", "t"]);
    const wrong = replayRun(tenant.admin, { executionId, on: "newest", input: { text: 7, more: 1 } });
    await expect(wrong).rejects.toMatchObject({
      code: "invalid",
      fields: { "input.text": [expect.any(String)], "input.more": [expect.any(String)] },
    });
    const { admin } = await makeTenant();
    await expect(replayRun(admin, { executionId, on: "same", input: {} })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("gives what was left empty as empty, among many and when a stopped run goes on, and not its default", async () => {
    const note = { key: "note", label: "Note", type: "text", required: false, default: "As always" };
    const output = testNode("output", "output", { fields: [{ key: "r", mode: "template", value: "done" }] });
    const graph = testGraph(
      [testNode("input", "input", { fields: [note] }), output],
      [testEdge("input", "output")],
    );
    const workflowId = await publishGraph(tenant.admin, "Note", graph);
    const first = { workflowId, useDraft: false, input: { note: "" } };
    const { executionId } = await startRun(tenant.admin, first);
    await cancelRun(tenant.admin, { executionId });
    for (const again of [resumeRuns, replayRuns]) {
      const [result] = (await again(tenant.admin, { executionIds: [executionId] })).results;
      const startedId = result?.ok ? result.startedId : null;
      const { run } = await readRun(tenant.job, startedId ?? "");
      expect(run.inputData, again.name).toEqual({ note: null });
    }
  });

  it("gives what the run was given where nothing is, to the newest version what that asks for", async () => {
    const field = (key: string, more: object) => ({
      key,
      label: key,
      type: "text",
      required: false,
      ...more,
    });
    const noteOf = (more: object) => {
      const fields = [field("text", { required: true }), more] as GraphNode["config"][string];
      const output = testNode("output", "output", {
        fields: [{ key: "r", mode: "template", value: "done" }],
      });
      return testGraph([testNode("input", "input", { fields }), output], [testEdge("input", "output")]);
    };
    const workflowId = await publishGraph(tenant.admin, "Notes", noteOf(field("gone", {})));
    const input = { text: "a", gone: "b" };
    const { executionId } = await startRun(tenant.admin, { workflowId, useDraft: false, input });
    await publishChange(tenant, workflowId, 1, noteOf(field("tone", { default: "kind" })));
    const givenOn = async (on: "same" | "newest") => {
      const replayed = await replayRun(tenant.admin, { executionId, on });
      return (await readRun(tenant.job, replayed.executionId)).run.inputData;
    };
    expect(await givenOn("same")).toEqual(input);
    expect(await givenOn("newest")).toEqual({ text: "a", tone: "kind" });
    const agentId = await makeAgent(tenant.admin, "Ana");
    const asked = await startRun(tenant.admin, { agentId, input: { prompt: "Hi" } });
    const again = await replayRun(tenant.admin, { executionId: asked.executionId, on: "newest" });
    expect((await readRun(tenant.job, again.executionId)).run.inputData).toEqual({ prompt: "Hi" });
  });

  it("asks an agent something else", async () => {
    const agentId = await makeAgent(tenant.admin, "Ana");
    const { executionId } = await startRun(tenant.admin, { agentId, input: { prompt: "Hi" } });
    const replayed = await replayRun(tenant.admin, { executionId, on: "newest", input: { prompt: "Bye" } });
    expect((await readRun(tenant.job, replayed.executionId)).run).toMatchObject({
      agentId,
      inputData: { prompt: "Bye" },
    });
    const refusedFor = (input: Record<string, string>) =>
      replayRun(tenant.admin, { executionId, on: "same", input }).then(
        () => null,
        ({ fields }) => fields,
      );
    expect(await refusedFor({ prompt: " " })).toEqual({
      "input.prompt": ["Write what the agent should do."],
    });
    expect(await refusedFor({ prompt: "Bye", tone: "kind" })).toEqual({
      "input.tone": ["There is no such field."],
    });
    expect(await refusedFor({ prompt: "x".repeat(200_001) })).toEqual({
      "input.prompt": ["At most 200,000 characters."],
    });
  });

  it("offers the newest version only where that is another run: of a draft that was changed, or of a changed agent", async () => {
    const agentId = await makeAgent(tenant.admin, "Ana");
    const ask = testNode("ask", "agent", { agentId, prompt: "{{ input.text }}" });
    const graph = chain([ask], "{{ ask.text }}");
    const workflowId = await publishGraph(tenant.admin, "Ask Ana", graph);
    const save = (revision: number, changed: Graph) =>
      saveDraft(tenant.admin, { workflowId, revision, graph: changed, isAutosave: true });
    const longer = chain([ask, transformNode("t", { text: "more" })], "{{ t.text }}");
    await save(1, longer);
    const asked = { workflowId, input: { text: "a" } };
    const [draft, published] = [
      await startRun(tenant.admin, { ...asked, useDraft: true }),
      await startRun(tenant.admin, { ...asked, useDraft: false }),
    ];
    const hasNewest = async ({ executionId }: { executionId: string }) =>
      (await getReplayForm(tenant.admin, { executionId })).newest !== null;
    expect([await hasNewest(draft), await hasNewest(published)]).toEqual([false, false]);

    await save(2, { ...longer, nodes: longer.nodes.map((node) => ({ ...node, position: { x: 7, y: 7 } })) });
    expect(await hasNewest(draft)).toBe(false);
    await save(3, graph);
    expect([await hasNewest(draft), await hasNewest(published)]).toEqual([true, false]);

    const llmConfig = { modelKey: TEST_MODEL };
    const next = { agentId, version: 1, name: "Ana", role: "Answer in one word.", llmConfig };
    await updateAgent(tenant.admin, updateAgentInput.parse(next));
    expect(await hasNewest(published)).toBe(true);
  });
});
