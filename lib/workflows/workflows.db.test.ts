import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { auditLog } from "@/db/schema/system";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { apiScope, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { createWorkflow, duplicateWorkflow } from "./commands/create";
import { deleteWorkflow, renameWorkflow, setWorkflowActive } from "./commands/manage";
import { publishWorkflow, restoreVersion } from "./commands/publish";
import { saveDraft } from "./commands/save";
import { findRunStep, loadDraft } from "./editor-queries";
import type { Graph } from "./graph";
import { testEdge, testNode } from "./graph-testing";
import { createWorkflowInput } from "./input";
import { getVersionGraph, getWorkflow, listWorkflows } from "./queries";
import { templateGraph } from "./templates";
import { listVersions } from "./version-queries";

withTestDatabase();

let tenant: TestTenant;
let stranger: TestTenant;

beforeEach(async () => {
  tenant = await makeTenant();
  stranger = await makeTenant();
});

function create(name = `Workflow ${newId()}`, scope = tenant.member) {
  return createWorkflow(scope, createWorkflowInput.parse({ name }));
}

async function failure(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => new Error("it was allowed"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

function edited(text: string): Graph {
  const graph = templateGraph("blank", "");
  const output = testNode("output", "output", { fields: [{ key: "result", mode: "template", value: text }] });
  return { ...graph, nodes: graph.nodes.map((node) => (node.id === "output" ? output : node)) };
}

describe("another workspace", () => {
  it("is told that the workflow does not exist, whatever it tries", async () => {
    const { id } = await create();
    const { versionId } = await publishWorkflow(tenant.admin, { workflowId: id, revision: 1, note: "" });
    const mine = await create("Mine", stranger.admin);
    const attempts = [
      getWorkflow(stranger.admin, id),
      listVersions(stranger.admin, { workflowId: id }),
      getVersionGraph(stranger.admin, id, versionId),
      loadDraft(stranger.admin, { workflowId: id }),
      saveDraft(stranger.admin, { workflowId: id, revision: 1, graph: edited("x"), isAutosave: false }),
      publishWorkflow(stranger.admin, { workflowId: id, revision: 1, note: "" }),
      restoreVersion(stranger.admin, { workflowId: id, versionId, revision: 1 }),
      restoreVersion(stranger.admin, { workflowId: mine.id, versionId, revision: 1 }),
      renameWorkflow(stranger.admin, { workflowId: id, name: "Stolen", description: "" }),
      setWorkflowActive(stranger.admin, { workflowId: id, isActive: false }),
      duplicateWorkflow(stranger.admin, { workflowId: id }),
      deleteWorkflow(stranger.admin, { workflowId: id }),
    ];
    // All at once: a rejection that nobody waits for yet would count as unhandled.
    const failures = await Promise.all(attempts.map((attempt) => failure(attempt)));
    expect(failures.map(({ code }) => code)).toEqual(attempts.map(() => "not_found"));
    expect((await listWorkflows(stranger.admin)).items.map((item) => item.id)).toEqual([mine.id]);
  });
});

it("shows a step of a run to its own workspace only", async () => {
  const runId = newId();
  const { tenantId } = tenant;
  await asTenant(tenant.admin, (tx) => tx.insert(executions).values({ id: runId, tenantId }));
  await asWorker(tenant.job, (tx) =>
    tx.insert(executionSteps).values({
      tenantId,
      executionId: runId,
      nodeId: "a",
      kind: "transform",
      name: "A",
      status: "completed",
      output: { text: "done" },
    }),
  );
  const place = { executionId: runId, nodeId: "a" };
  expect(await findRunStep(tenant.member, place)).toMatchObject({
    status: "completed",
    output: { text: "done" },
  });
  expect(await findRunStep(tenant.member, { ...place, nodeId: "b" })).toBeNull();
  expect(await findRunStep(stranger.admin, place)).toBeNull();
});

describe("saving a draft", () => {
  it("refuses to save over a newer revision and says which it is", async () => {
    const { id } = await create();
    await saveDraft(tenant.admin, { workflowId: id, revision: 1, graph: edited("first"), isAutosave: false });
    const late = saveDraft(tenant.member, {
      workflowId: id,
      revision: 1,
      graph: edited("late"),
      isAutosave: true,
    });
    const error = await failure(late);
    expect([error.code, error.reason, error.fields]).toEqual([
      "conflict",
      "stale_revision",
      { revision: ["2"] },
    ]);
    const kept = await getWorkflow(tenant.admin, id);
    expect([kept.revision, JSON.stringify(kept.graph)]).toEqual([2, expect.stringContaining("first")]);
  });

  it("lets one of two saves at the same time through", async () => {
    const { id } = await create();
    const saves = ["one", "two"].map((text) =>
      saveDraft(tenant.admin, { workflowId: id, revision: 1, graph: edited(text), isAutosave: false }),
    );
    const settled = await Promise.allSettled(saves);
    expect(settled.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("keeps loose nodes and empty configs by autosave, refuses loose nodes on purpose, cycles always", async () => {
    const { id } = await create();
    const graph = templateGraph("blank", "");
    const loose = { ...graph, nodes: [...graph.nodes, testNode("new", "agent")] };
    const save = (given: unknown, isAutosave: boolean, revision: number) =>
      saveDraft(tenant.admin, { workflowId: id, revision, graph: given, isAutosave });
    expect(await save(loose, true, 1)).toMatchObject({ revision: 2 });
    const refused = await failure(save(loose, false, 2));
    expect([refused.code, refused.reason, Object.keys(refused.fields ?? {})]).toEqual([
      "invalid",
      "unreachable",
      ["nodes.new"],
    ]);
    expect(refused.message).toContain("“new”");
    const pair = [testNode("a", "transform"), testNode("b", "transform")];
    const cyclic = {
      ...graph,
      nodes: [...graph.nodes, ...pair],
      edges: [...graph.edges, testEdge("a", "b"), testEdge("b", "a")],
    };
    const circle = await failure(save(cyclic, true, 2));
    expect([circle.code, circle.reason]).toEqual(["invalid", "cycle"]);
    expect(circle.message).toContain("“a”, “b”");
  });

  it("refuses 10,000 nodes with their number", async () => {
    const { id } = await create();
    const nodes = Array.from({ length: 10_000 }, (_, index) => testNode(`n${index}`, "transform"));
    const save = saveDraft(tenant.admin, {
      workflowId: id,
      revision: 1,
      graph: { version: 1, nodes, edges: [] },
      isAutosave: true,
    });
    const error = await failure(save);
    expect([error.code, error.message]).toEqual(["limit_exceeded", expect.stringContaining("10,000 nodes")]);
  });
});

describe("versions", () => {
  it("publishing freezes the draft once, restoring brings it back as a draft", async () => {
    const { id } = await create();
    const first = await publishWorkflow(tenant.admin, { workflowId: id, revision: 1, note: "First" });
    expect(await publishWorkflow(tenant.admin, { workflowId: id, revision: 1, note: "" })).toEqual(first);
    expect(await getWorkflow(tenant.admin, id)).toMatchObject({
      publishedVersion: 1,
      hasUnpublishedChanges: false,
    });
    await saveDraft(tenant.admin, {
      workflowId: id,
      revision: 1,
      graph: edited("second"),
      isAutosave: false,
    });
    expect(await getWorkflow(tenant.admin, id)).toMatchObject({
      publishedVersion: 1,
      hasUnpublishedChanges: true,
    });
    const second = await publishWorkflow(tenant.admin, { workflowId: id, revision: 2, note: "" });
    expect(second.version).toBe(2);
    const back = { workflowId: id, versionId: first.versionId };
    // Somebody has changed the draft since it was looked at: what they did is nowhere else.
    await expect(restoreVersion(tenant.admin, { ...back, revision: 1 })).rejects.toMatchObject({
      code: "conflict",
      reason: "stale_revision",
    });
    expect((await getWorkflow(tenant.admin, id)).graph).toEqual(edited("second"));
    expect(await restoreVersion(tenant.admin, { ...back, revision: 2 })).toMatchObject({ revision: 3 });
    const restored = await getWorkflow(tenant.admin, id);
    expect(restored.graph).toEqual(templateGraph("blank", ""));
    expect(restored.publishedVersion).toBe(2);
    expect((await listVersions(tenant.admin, { workflowId: id })).items).toMatchObject([
      { version: 2, isPublished: true, note: "" },
      { version: 1, isPublished: false, note: "First", createdByName: "Test tenant_admin", nodeCount: 2 },
    ]);
  });

  it("refuses to publish what cannot run, naming node and field, and another workspace's agent", async () => {
    const foreign = newId();
    const { id } = await create();
    const graph = templateGraph("blank", "");
    const agent = testNode("ask", "agent", { agentId: foreign, prompt: "{{ nodes.gone.text }}" });
    const bad = {
      ...graph,
      nodes: [...graph.nodes, agent],
      edges: [...graph.edges, testEdge("input", "ask"), testEdge("ask", "output")],
    };
    await saveDraft(tenant.admin, { workflowId: id, revision: 1, graph: bad, isAutosave: false });
    const error = await failure(publishWorkflow(tenant.admin, { workflowId: id, revision: 2, note: "" }));
    expect(error.code).toBe("invalid");
    expect(Object.keys(error.fields ?? {}).sort()).toEqual(["nodes.ask.agentId", "nodes.ask.prompt"]);
  });
});

describe("managing", () => {
  it("deletes what never ran and keeps what has run; a member may not delete", async () => {
    const { id } = await create();
    await publishWorkflow(tenant.admin, { workflowId: id, revision: 1, note: "" });
    expect((await failure(deleteWorkflow(tenant.member, { workflowId: id }))).code).toBe("forbidden");
    await asTenant(tenant.admin, (tx) =>
      tx.insert(executions).values({ tenantId: tenant.tenantId, workflowId: id }),
    );
    expect((await failure(deleteWorkflow(tenant.admin, { workflowId: id }))).reason).toBe("has_runs");
    const copy = await duplicateWorkflow(tenant.admin, { workflowId: id });
    await publishWorkflow(tenant.admin, { workflowId: copy.id, revision: 1, note: "" });
    await deleteWorkflow(tenant.admin, { workflowId: copy.id });
    expect((await failure(getWorkflow(tenant.admin, copy.id))).code).toBe("not_found");
    const events = await asTenant(tenant.admin, (tx) =>
      tx.select({ action: auditLog.action }).from(auditLog).where(eq(auditLog.targetId, copy.id)),
    );
    expect(events.map((event) => event.action)).toEqual([
      "workflow.duplicate",
      "workflow.publish",
      "workflow.delete",
    ]);
  });

  it("names a copy so that it can be kept, where a long name is cut at a character of two places", async () => {
    const { id } = await create();
    const name = `${"n".repeat(104)}🦊 and more`;
    await renameWorkflow(tenant.admin, { workflowId: id, name, description: "" });
    const copy = await duplicateWorkflow(tenant.admin, { workflowId: id });
    expect((await getWorkflow(tenant.admin, copy.id)).name).toBe(`${"n".repeat(104)} (copy)`);
  });

  it("lists with filters, last run and pages; an API key without the scope is refused", async () => {
    const first = await create("Alpha 100%");
    const second = await create("Beta");
    await publishWorkflow(tenant.admin, { workflowId: second.id, revision: 1, note: "" });
    const runId = newId();
    const run = { tenantId: tenant.tenantId, workflowId: second.id };
    await asTenant(tenant.admin, (tx) =>
      tx.insert(executions).values([
        { ...run, id: runId, status: "failed" },
        // An item of a map in it.
        { ...run, id: newId(), status: "completed", rootExecutionId: runId, trigger: "workflow" },
      ]),
    );
    const page = await listWorkflows(tenant.member, { limit: 1 });
    expect(page.items).toMatchObject([
      { name: "Beta", publishedVersion: 1, lastRun: { id: runId, status: "failed" } },
    ]);
    const next = await listWorkflows(tenant.member, { limit: 1, cursor: page.nextCursor ?? undefined });
    expect(next).toMatchObject({
      items: [{ id: first.id, lastRun: null, publishedVersion: null }],
      nextCursor: null,
    });
    const names = async (filter: object) =>
      (await listWorkflows(tenant.member, filter)).items.map((item) => item.name);
    expect(await names({ q: "0%" })).toEqual(["Alpha 100%"]);
    expect(await names({ q: "%" })).toEqual(["Alpha 100%"]);
    expect(await names({ status: "draft" })).toEqual(["Alpha 100%"]);
    await setWorkflowActive(tenant.admin, { workflowId: second.id, isActive: false });
    expect(await names({ status: "inactive" })).toEqual(["Beta"]);
    expect(await names({ status: "active" })).toEqual([]);
    expect((await failure(listWorkflows(apiScope(tenant, ["agents:read"])))).code).toBe("forbidden");
  });

  it("refuses a taken name", async () => {
    await create("Support");
    expect((await failure(create("SUPPORT"))).fields).toEqual({ name: ["Another workflow has this name."] });
    await create("Support", stranger.admin);
  });
});
