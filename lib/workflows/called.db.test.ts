import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { createWorkflow } from "./commands/create";
import { deleteWorkflow, setWorkflowActive } from "./commands/manage";
import { publishWorkflow } from "./commands/publish";
import { saveDraft } from "./commands/save";
import { findCalledVersion, listCallableWorkflows, listPeopleChoices } from "./editor-queries";
import type { Graph, GraphNode } from "./graph";
import { testEdge, testGraph, testNode } from "./graph-testing";
import { createWorkflowInput } from "./input";
import { getWorkflow } from "./queries";

withTestDatabase();

let tenant: TestTenant;

beforeEach(async () => {
  tenant = await makeTenant();
});

const field = (key: string, value: string) => ({ key, mode: "template", value });

/** input (a text that is needed, a size that is not) → calls of other workflows → output `answer` */
function calling(calls: readonly GraphNode["config"][], result = "{{ input.text }}"): Graph {
  const input = testNode("input", "input", {
    fields: [
      { key: "text", label: "Text", type: "text", required: true },
      { key: "size", label: "Size", type: "text", required: false },
    ],
  });
  const middle = calls.map((config, index) => testNode(`call_${index + 1}`, "workflow", config));
  const nodes = [input, ...middle, testNode("output", "output", { fields: [field("answer", result)] })];
  return testGraph(
    nodes,
    nodes.slice(1).map((node, index) => testEdge(nodes[index]?.id ?? "", node.id)),
  );
}

const call = (workflowId: string, versionId = "", inputs = [field("text", "{{ input.text }}")]) => ({
  workflowId,
  versionId,
  inputs,
});

async function create(name: string, graph = calling([])) {
  return (await createWorkflow(tenant.member, createWorkflowInput.parse({ name, graph }))).id;
}

async function publish(workflowId: string, graph?: Graph) {
  const { revision } = await getWorkflow(tenant.member, workflowId);
  const saved = graph
    ? await saveDraft(tenant.member, { workflowId, revision, graph, isAutosave: true })
    : { revision };
  return publishWorkflow(tenant.admin, { workflowId, revision: saved.revision, note: "" });
}

async function published(name: string, graph?: Graph) {
  const id = await create(name, graph);
  return publish(id);
}

/** The problems publishing gives, by field. */
async function problems(work: Promise<unknown>): Promise<Record<string, string[]>> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error instanceof AppError ? ({ ...error.fields } as Record<string, string[]>) : {};
}

describe("a workflow that calls another", () => {
  it("is published when the other is, and gets its fields and results checked", async () => {
    const { id } = await published("Inner");
    await published("Good", calling([call(id)], "{{ call_1.answer }}"));
    const bad = await create(
      "Bad",
      calling([call(id, "", [field("txt", "x")]), call(id, "", [])], "{{ call_1.other }}"),
    );
    expect(await problems(publish(bad))).toEqual({
      "nodes.call_1.inputs.0.key": [
        "“call_1”: Input 1, Field: “Inner” takes no “txt” (it takes: text, size).",
      ],
      "nodes.call_1.inputs": ["“call_1”: Inputs: “Inner” needs “Text” (text)."],
      "nodes.call_2.inputs": ["“call_2”: Inputs: “Inner” needs “Text” (text)."],
      "nodes.output.fields.0.value": [expect.stringContaining("call_1 has no “other” (it has: answer)")],
    });
  });

  it("is refused while the other is not published, is somebody else's, or has no such version", async () => {
    const draft = await create("Draft");
    const stranger = await makeTenant();
    const { id: foreign } = await createWorkflow(
      stranger.member,
      createWorkflowInput.parse({ name: "Theirs", graph: calling([]) }),
    );
    await publishWorkflow(stranger.admin, { workflowId: foreign, revision: 1, note: "" });
    const inner = await published("Inner");
    const other = await published("Other");
    const bad = await create(
      "Bad",
      calling([call(draft), call(foreign), call(inner.id, other.versionId), call(inner.id, inner.versionId)]),
    );
    const found = await problems(publish(bad));
    expect(Object.keys(found)).toEqual([
      "nodes.call_1.workflowId",
      "nodes.call_2.workflowId",
      "nodes.call_3.workflowId",
    ]);
    expect(found["nodes.call_1.workflowId"]).toEqual([
      "“call_1”: Workflow: this workflow does not exist, or has not been published.",
    ]);
    expect(found["nodes.call_3.workflowId"]?.[0]).toContain("version");
  });

  it("is not published while the other is inactive: it would fail where it calls it", async () => {
    const { id: workflowId } = await published("Inner");
    const outer = await create("Outer", calling([call(workflowId)]));
    await setWorkflowActive(tenant.admin, { workflowId, isActive: false });
    expect(await problems(publish(outer))).toEqual({
      "nodes.call_1.workflowId": [
        "“call_1”: Workflow: “Inner” is inactive. Activate it, or choose another workflow.",
      ],
    });
    expect(await listCallableWorkflows(tenant.member, outer)).toMatchObject([{ isActive: false }]);
    await setWorkflowActive(tenant.admin, { workflowId, isActive: true });
    expect(await publish(outer)).toMatchObject({ version: 1 });
  });

  it("may not include itself, directly or through others, and is told the chain: on save and on publish", async () => {
    const a = await published("A");
    const b = await published("B", calling([call(a.id)]));
    const c = await published("C", calling([call(b.id)]));
    const chain = ["“call_1”: Workflow: a workflow cannot include itself: A → C → B → A."];
    const looping = calling([call(c.id)]);
    expect(await problems(publish(a.id, looping))).toEqual({ "nodes.call_1.workflowId": chain });
    const { revision } = await getWorkflow(tenant.member, a.id);
    const save = (graph: Graph) =>
      problems(saveDraft(tenant.member, { workflowId: a.id, revision, graph, isAutosave: false }));
    expect(await save(looping)).toEqual({ "nodes.call_1.workflowId": chain });
    expect(await save(calling([call(a.id)]))).toEqual({
      "nodes.call_1.workflowId": ["“call_1”: Workflow: a workflow cannot include itself: A → A."],
    });
    // A version from before it called anything is still itself.
    expect(await save(calling([call(a.id, a.versionId)]))).toMatchObject({
      "nodes.call_1.workflowId": [expect.stringContaining("A → A")],
    });
  });

  it("goes ten deep and no deeper", async () => {
    let last = await published("W0");
    for (let index = 1; index <= 9; index += 1)
      last = await published(`W${index}`, calling([call(last.id), call(last.id)]));
    const top = await create("Top", calling([call(last.id)]));
    const [message] = (await problems(publish(top)))["nodes.call_1.workflowId"] ?? [];
    expect(message).toContain("at most 10 deep: Top → W9 → W8");
  });
});

it("lists what can be called with fields and versions, and people; of this workspace only", async () => {
  const stranger = await makeTenant();
  await createWorkflow(stranger.member, createWorkflowInput.parse({ name: "Theirs", graph: calling([]) }));
  const inner = await published("Inner");
  const again = await publish(inner.id, calling([], "{{ input.size }}"));
  const self = await published("Self");
  await create("Draft");
  expect(await listCallableWorkflows(tenant.member, self.id)).toEqual([
    {
      id: inner.id,
      name: "Inner",
      isActive: true,
      publishedVersion: 2,
      versions: [
        { id: again.versionId, version: 2 },
        { id: inner.versionId, version: 1 },
      ],
      inputs: [expect.objectContaining({ key: "text" }), expect.objectContaining({ key: "size" })],
      outputs: ["answer"],
    },
  ]);
  const { id: workflowId, versionId } = inner;
  expect(await findCalledVersion(tenant.member, { workflowId, versionId })).toEqual({
    inputs: [expect.objectContaining({ key: "text" }), expect.objectContaining({ key: "size" })],
    outputs: ["answer"],
  });
  expect(await findCalledVersion(tenant.member, { workflowId: self.id, versionId })).toBeNull();
  expect(await findCalledVersion(stranger.member, { workflowId, versionId })).toBeNull();
  const people = await listPeopleChoices(tenant.member);
  expect(people.length).toBeGreaterThan(0);
  const theirs = new Set((await listPeopleChoices(stranger.member)).map(({ id }) => id));
  expect(people.filter(({ id }) => theirs.has(id))).toEqual([]);
});

it("saving on purpose refuses what is wrong in a node, by node and field, and keeps what is only unfinished", async () => {
  const workflowId = await create("Draft");
  const save = (middle: GraphNode, body: readonly GraphNode[] = []) =>
    saveDraft(tenant.member, {
      workflowId,
      revision: 1,
      isAutosave: false,
      graph: testGraph(
        [...calling([]).nodes, middle, ...body],
        [
          testEdge("input", middle.id),
          testEdge(middle.id, "output", middle.kind === "switch" ? "else" : "out"),
        ],
      ),
    });
  const cases = [{ key: "a", label: "A", expression: "input.text ==" }];
  expect(await problems(save(testNode("pick", "switch", { cases })))).toEqual({
    "nodes.pick.cases.0.expression": [expect.stringContaining("(line 1, column")],
  });
  const text = testNode("text", "transform", { fields: [field("a", "{{ input.text")] });
  expect(Object.keys(await problems(save(text)))).toEqual(["nodes.text.fields.0.value"]);
  const loop = testNode("again", "loop");
  const unbounded = { ...loop, config: { ...loop.config, maxRounds: 1_000 } };
  const body = [{ ...testNode("step", "merge"), parent: "again" }];
  expect(await problems(save(unbounded, body))).toEqual({
    "nodes.again.maxRounds": ["“again”: Most rounds: A loop takes at most 100 rounds."],
  });
  await save(testNode("text", "transform", { fields: [field("a", "")] }));
});

describe("a workflow that another one calls", () => {
  it("is not deleted, though it has never run, and names who calls it", async () => {
    const { id: called, versionId } = await published("Called");
    const { id: inPublished } = await published("Calls it", calling([call(called, versionId)]));
    const inDraft = await create("Is to call it", calling([call(called)]));
    const remove = (workflowId: string) => deleteWorkflow(tenant.admin, { workflowId });
    await expect(remove(called)).rejects.toMatchObject({
      code: "precondition",
      reason: "is_called",
      message:
        "“Calls it” and “Is to call it” call this workflow and would stop working. Change them first, or deactivate this one.",
    });
    await remove(inPublished);
    await expect(remove(called)).rejects.toMatchObject({
      message:
        "“Is to call it” calls this workflow and would stop working. Change it first, or deactivate this one.",
    });
    await remove(inDraft);
    // Nor while an older version calls it that a published one has fixed.
    const { id: between, versionId: older } = await published("Between", calling([call(called)]));
    await publish(between, calling([]));
    const { id: inFixed } = await published("Calls the older one", calling([call(between, older)]));
    await expect(remove(called)).rejects.toMatchObject({
      reason: "is_called",
      message: expect.stringContaining("An older version that another workflow runs"),
    });
    await remove(inFixed);
    // A draft that names itself is not finished, and keeps nothing from being deleted.
    const graph = calling([call(called)]);
    await saveDraft(tenant.member, { workflowId: called, revision: 1, graph, isAutosave: true });
    await remove(called);
    await expect(getWorkflow(tenant.member, called)).rejects.toMatchObject({ code: "not_found" });
  });
});
