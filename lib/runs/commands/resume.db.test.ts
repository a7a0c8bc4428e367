import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { updateAgent } from "@/lib/agents/commands";
import { updateAgentInput } from "@/lib/agents/input";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { previewResume } from "../resume-preview";
import { chain, llmNode, makeAgent, publishGraph, readRun, seedRunPrices, TEST_MODEL } from "../testing";
import { findTrace } from "../trace-queries";
import { cancelRun } from "./cancel";
import { resumeRun } from "./resume";
import { startRun } from "./start";
import { ASKING, byNode, costOf, drive, numberNode, publishChange, start, stepOf, stopped } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
});

/** A chain whose second node fails on the input `a`. */
const FAILING = chain([llmNode("ask", TEST_MODEL), numberNode("t", "double(input.text)")], "{{ t.n }}");

describe("resuming", () => {
  it("starts one run for people who confirm it at once, each having seen none that goes on with it", async () => {
    const executionId = await stopped(tenant);
    const resume = (resumesSeen: number, idempotencyKey: string) =>
      resumeRun(tenant.member, { executionId, on: "same", resumesSeen, idempotencyKey });
    const all = await Promise.allSettled(["Ann", "Ben", "Cleo"].map((who) => resume(0, who)));
    const started = all.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    expect(started).toMatchObject([{ isNew: true }]);
    const refused = all.flatMap((one) => (one.status === "rejected" ? one.reason : []));
    expect(refused).toMatchObject(Array(2).fill({ code: "conflict", reason: "resumed_meanwhile" }));
    const { resumedAs } = await previewResume(tenant.member, { executionId, on: "same" });
    expect(resumedAs.map(({ id }) => id)).toEqual(started.map((run) => run.executionId));

    // Who has seen it may, and a click that comes twice starts one run.
    const twice = await Promise.all([resume(1, "Ben again"), resume(1, "Ben again")]);
    expect(new Set(twice.map((run) => run.executionId)).size).toBe(1);
    expect(twice.map(({ isNew }) => isNew).toSorted()).toEqual([false, true]);
  });

  it("starts one run for people who confirm it at once, however often it was resumed before", async () => {
    const executionId = await stopped(tenant);
    const before: string[] = [];
    for (let times = 0; times < 21; times += 1)
      before.push((await resumeRun(tenant.member, { executionId, on: "same" })).executionId);
    const { resumes, resumedAs } = await previewResume(tenant.member, { executionId, on: "same" });
    expect([resumes, resumedAs.map(({ id }) => id)]).toEqual([21, before.slice(-20)]);
    const asked = { executionId, on: "same", resumesSeen: resumes } as const;
    const all = await Promise.allSettled([1, 2, 3].map(() => resumeRun(tenant.member, asked)));
    expect(all.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected", "rejected"]);
    const trace = await findTrace(tenant.member, executionId);
    expect(trace?.lineage.successors.map(({ id }) => id)).toEqual(
      [...before, ...all.flatMap((one) => (one.status === "fulfilled" ? one.value.executionId : []))].slice(
        -20,
      ),
    );
  });

  it("takes over what completed, runs the rest, and bills only that", async () => {
    const executionId = await stopped(tenant);
    const source = await readRun(tenant.job, executionId);
    const preview = await previewResume(tenant.member, { executionId, on: "same" });
    expect(preview).toMatchObject({
      reused: [{ nodeId: "input" }, { nodeId: "ask" }],
      again: [
        { nodeId: "t", reason: "not_reached" },
        { nodeId: "output", reason: "not_reached" },
      ],
      savedMicros: costOf(source.ledger).toString(),
      from: 1,
      to: 1,
      diff: null,
    });
    const resumed = await resumeRun(tenant.member, { executionId, on: "same" });
    expect(resumed).toMatchObject({ isNew: true, status: "pending" });
    await drive(tenant, resumed.executionId);
    const { run, steps, ledger, calls } = await readRun(tenant.job, resumed.executionId);
    expect(run).toMatchObject({
      status: "completed",
      mode: "resume",
      sourceExecutionId: executionId,
      workflowVersionId: source.run.workflowVersionId,
    });
    const ask = stepOf(source.steps, "ask");
    expect(stepOf(steps, "ask")).toMatchObject({
      reusedStepId: ask.id,
      output: ask.output,
      detail: ask.detail,
      status: "completed",
    });
    expect(run.resultData).toEqual({ result: `${(ask.output as { text: string }).text}!` });
    expect(calls).toEqual([]);
    expect(byNode(ledger)).toEqual(["output", "t"]);
    expect((await readRun(tenant.job, executionId)).ledger).toHaveLength(source.ledger.length);
  });

  it("starts one run for one key, however often and at once, and refuses the key for another request", async () => {
    const executionId = await stopped(tenant);
    const asked = { executionId, on: "same", idempotencyKey: "again" } as const;
    const all = await Promise.all(Array.from({ length: 6 }, () => resumeRun(tenant.admin, asked)));
    expect(new Set(all.map((run) => run.executionId)).size).toBe(1);
    expect(all.filter((run) => run.isNew)).toHaveLength(1);
    await expect(resumeRun(tenant.admin, { ...asked, on: "newest" })).rejects.toMatchObject({
      reason: "idempotency_key_reused",
    });
  });

  it("goes on from a resumed run, naming the step that ran", async () => {
    const executionId = await stopped(tenant);
    const second = await resumeRun(tenant.admin, { executionId, on: "same" });
    await drive(tenant, second.executionId, "t");
    await cancelRun(tenant.admin, { executionId: second.executionId });
    const preview = await previewResume(tenant.admin, { executionId: second.executionId, on: "same" });
    const third = await resumeRun(tenant.admin, { executionId: second.executionId, on: "same" });
    await drive(tenant, third.executionId);
    const [first, middle, last] = await Promise.all(
      [executionId, second.executionId, third.executionId].map((id) => readRun(tenant.job, id)),
    );
    const original = (nodeId: string) =>
      [...(first?.steps ?? []), ...(middle?.steps ?? [])].find(
        (step) => step.nodeId === nodeId && step.reusedStepId === null,
      )?.id;
    expect(Object.fromEntries(last?.steps.map((step) => [step.nodeId, step.reusedStepId]) ?? [])).toEqual({
      input: original("input"),
      ask: original("ask"),
      t: original("t"),
      output: null,
    });
    expect(byNode(last?.ledger ?? [])).toEqual(["output"]);
    const paid = [...(first?.ledger ?? []), ...(middle?.ledger ?? [])];
    expect(paid).toHaveLength(5);
    expect(preview.savedMicros).toBe(costOf(paid).toString());
  });

  it("follows the newest version: what changed and what follows runs again, the rest is taken over", async () => {
    const workflowId = await publishGraph(tenant.admin, "Fails", FAILING);
    const executionId = await start(tenant, workflowId);
    await drive(tenant, executionId);
    const failed = await readRun(tenant.job, executionId);
    expect(failed.run).toMatchObject({ status: "failed", errorNodeId: "t" });
    await publishChange(
      tenant,
      workflowId,
      1,
      chain([llmNode("ask", TEST_MODEL), numberNode("t", "7")], "{{ t.n }}"),
    );
    expect(await previewResume(tenant.admin, { executionId, on: "newest" })).toMatchObject({
      from: 1,
      to: 2,
      again: [
        { nodeId: "t", reason: "changed" },
        { nodeId: "output", reason: "not_reached" },
      ],
      diff: { nodes: [{ nodeId: "t", fields: [{ before: "double(input.text)", after: "7" }] }], edges: [] },
    });
    const resumed = await resumeRun(tenant.admin, { executionId, on: "newest" });
    await drive(tenant, resumed.executionId);
    const { run, steps } = await readRun(tenant.job, resumed.executionId);
    expect(run).toMatchObject({ status: "completed", resultData: { result: "7" } });
    expect(run.workflowVersionId).not.toBe(failed.run.workflowVersionId);
    expect(steps.filter((step) => step.reusedStepId).map((step) => step.nodeId)).toEqual(["input", "ask"]);

    const again = await resumeRun(tenant.admin, { executionId, on: "same" });
    await drive(tenant, again.executionId);
    expect((await readRun(tenant.job, again.executionId)).run).toMatchObject({ status: "failed" });
  });

  it("takes the default of a field that was left empty and may not be empty on the newest version", async () => {
    const asking = (required: boolean, value = "double(input.note)") => {
      const note = { key: "note", label: "Note", type: "text", required, default: "As always" };
      const output = testNode("output", "output", {
        fields: [{ key: "r", mode: "template", value: "{{ input.note }}" }],
      });
      return testGraph(
        [testNode("input", "input", { fields: [note] }), numberNode("t", value), output],
        [testEdge("input", "t"), testEdge("t", "output")],
      );
    };
    const workflowId = await publishGraph(tenant.admin, "Note", asking(false));
    const empty = { workflowId, useDraft: false, input: { note: "" } };
    const { executionId } = await startRun(tenant.admin, empty);
    await drive(tenant, executionId);
    await publishChange(tenant, workflowId, 1, asking(true, "7"));
    expect(await previewResume(tenant.admin, { executionId, on: "newest" })).toMatchObject({ to: 2 });
    const resumed = await resumeRun(tenant.admin, { executionId, on: "newest" });
    await drive(tenant, resumed.executionId);
    expect((await readRun(tenant.job, resumed.executionId)).run).toMatchObject({
      status: "completed",
      inputData: { note: "As always" },
      resultData: { r: "As always" },
    });
  });

  it("leaves out what the newest version does not ask for any more, and says which fields these are", async () => {
    const asking = (keys: readonly string[], value: string) => {
      const fields = keys.map((key) => ({ key, label: `The ${key}`, type: "text", required: false }));
      return testGraph(
        [
          testNode("input", "input", { fields }),
          numberNode("t", value),
          testNode("output", "output", {
            fields: [{ key: "r", mode: "template", value: "{{ input.text }}" }],
          }),
        ],
        [testEdge("input", "t"), testEdge("t", "output")],
      );
    };
    const before = asking(["text", "note", "empty"], "double(input.text)");
    const workflowId = await publishGraph(tenant.admin, "Note", before);
    const input = { text: "a", note: "Gone", empty: "" };
    const { executionId } = await startRun(tenant.admin, { workflowId, useDraft: false, input });
    await drive(tenant, executionId);
    await publishChange(tenant, workflowId, 1, asking(["text"], "7"));
    const resumed = await resumeRun(tenant.admin, { executionId, on: "newest" });
    await drive(tenant, resumed.executionId);
    expect((await readRun(tenant.job, resumed.executionId)).run).toMatchObject({
      status: "completed",
      inputData: { text: "a" },
      resultData: { r: "a" },
    });
    expect(await previewResume(tenant.admin, { executionId, on: "newest" })).toMatchObject({
      leftOutInput: ["The note"],
    });
    expect(await previewResume(tenant.admin, { executionId, on: "same" })).toMatchObject({
      leftOutInput: [],
    });
  });

  it("keeps to the agents as they were, and on the newest runs those again that have changed", async () => {
    const agentId = await makeAgent(tenant.admin, "Ana", "You answer briefly.");
    const agent = (id: string) => testNode(id, "agent", { agentId, prompt: "{{ input.text }}" });
    const workflowId = await publishGraph(tenant.admin, "Agents", chain([agent("one"), agent("two")], "x"));
    const executionId = await start(tenant, workflowId);
    await drive(tenant, executionId, "one");
    await cancelRun(tenant.admin, { executionId });
    const unchanged = await resumeRun(tenant.admin, { executionId, on: "newest" });
    expect(byNode((await readRun(tenant.job, unchanged.executionId)).steps)).toEqual(["input", "one"]);
    const changed = { name: "Ana", role: "You answer at length.", llmConfig: { modelKey: TEST_MODEL } };
    await updateAgent(tenant.admin, updateAgentInput.parse({ ...changed, agentId, version: 1 }));
    const systems = async (on: "same" | "newest") => {
      const resumed = await resumeRun(tenant.admin, { executionId, on });
      await drive(tenant, resumed.executionId);
      const { steps } = await readRun(tenant.job, resumed.executionId);
      return ["one", "two"].map((nodeId) => {
        const { reusedStepId, detail } = stepOf(steps, nodeId);
        return [reusedStepId !== null, (detail as { system: string }).system.includes("at length")];
      });
    };
    expect(await systems("same")).toEqual([
      [true, false],
      [false, false],
    ]);
    expect(await systems("newest")).toEqual([
      [false, true],
      [false, true],
    ]);
  });

  it("says of an agent's run that was stopped that it did not run, not that it failed", async () => {
    const agentId = await makeAgent(tenant.admin, "Ana");
    const { executionId } = await startRun(tenant.admin, { agentId, input: { prompt: "Hi" } });
    await cancelRun(tenant.admin, { executionId });
    const { again } = await previewResume(tenant.admin, { executionId, on: "same" });
    expect(again).toMatchObject([{ name: "Ana", reason: "not_reached" }]);
  });

  it("refuses, saying why", async () => {
    const workflowId = await publishGraph(tenant.admin, "Ask", ASKING);
    const executionId = await start(tenant, workflowId);
    const resume = () => resumeRun(tenant.admin, { executionId, on: "same" });
    await expect(resume()).rejects.toMatchObject({ code: "precondition", reason: "still_running" });
    await drive(tenant, executionId);
    await expect(resume()).rejects.toMatchObject({ code: "precondition", reason: "nothing_failed" });
    const stranger = await makeTenant();
    for (const verb of [resumeRun, previewResume]) {
      await expect(verb(stranger.admin, { executionId, on: "same" })).rejects.toMatchObject({
        code: "not_found",
      });
    }
  });
});
