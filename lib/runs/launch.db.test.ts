import { and, eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asSystem, asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { executions } from "@/db/schema/ai";
import { subscriptions } from "@/db/schema/plans";
import { auditLog } from "@/db/schema/system";
import { setAgentActive } from "@/lib/agents/commands";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { createWorkflow } from "@/lib/workflows/commands/create";
import { deleteWorkflow, setWorkflowActive } from "@/lib/workflows/commands/manage";
import { publishWorkflow } from "@/lib/workflows/commands/publish";
import { saveDraft } from "@/lib/workflows/commands/save";
import { testNode } from "@/lib/workflows/graph-testing";
import { createWorkflowInput } from "@/lib/workflows/input";
import { startRun } from "./commands/start";
import { drive } from "./commands/testing";
import { addStubModel, chain, llmNode, makeAgent, publishGraph, readRun, seedRunPrices } from "./testing";

withTestDatabase();

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

/** Calls a service, so that its runs are written as pending and driven later. */
const calling = (path: string) =>
  chain(
    [
      testNode("call", "http", {
        method: "GET",
        url: `https://example.com/${path}`,
        headers: [],
        body: "",
        allowedStatus: [],
        timeoutMs: 5_000,
      }),
    ],
    "{{ call.status }}",
  );

async function published(path: string) {
  const input = createWorkflowInput.parse({ name: `Calls ${newId()}`, graph: calling(path) });
  const { id: workflowId, revision } = await createWorkflow(tenant.admin, input);
  await publishWorkflow(tenant.admin, { workflowId, revision, note: "" });
  return { workflowId, revision };
}

const start = (workflowId: string, more = {}) =>
  startRun(tenant.admin, { workflowId, useDraft: false, input: { text: "a" }, ...more });

const written = () =>
  asTenant(tenant.admin, async (tx) => {
    const runs = await tx.select().from(executions).where(eq(executions.tenantId, tenant.tenantId));
    const told = await tx
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.tenantId, tenant.tenantId), eq(auditLog.action, "run.start")));
    return { runs: runs.length, told: told.length };
  });

it("a start of a workflow that is gone since it was seen says so", async () => {
  const { workflowId } = await published("gone");
  for (let tries = 0; tries < 2; tries += 1)
    await expect(start(workflowId)).rejects.toMatchObject({ reason: "rate_missing" });
  expect(await written()).toEqual({ runs: 0, told: 0 });
  await deleteWorkflow(tenant.admin, { workflowId });
  await expect(start(workflowId)).rejects.toMatchObject({ code: "not_found" });
});

describe("a start", () => {
  beforeAll(() => seedRunPrices());

  it("follows what is published at its start, whatever this process saw before", async () => {
    const { workflowId, revision } = await published("one");
    const versionOf = async () => {
      const { executionId } = await start(workflowId);
      return (await readRun(tenant.job, executionId)).run.workflowVersionId;
    };
    const first = await versionOf();
    expect(await versionOf()).toBe(first);
    const graph = calling("two");
    const saved = await saveDraft(tenant.admin, { workflowId, revision, graph, isAutosave: false });
    await publishWorkflow(tenant.admin, { workflowId, revision: saved.revision, note: "" });
    const second = await versionOf();
    expect(second).not.toBe(first);
    expect(await versionOf()).toBe(second);
    await setWorkflowActive(tenant.admin, { workflowId, isActive: false });
    await expect(start(workflowId)).rejects.toMatchObject({ reason: "workflow_inactive" });
    expect(await written()).toEqual({ runs: 4, told: 4 });
  });

  it("does not have an inactive agent answer, neither in a new run nor in one that was started before", async () => {
    const agentId = await makeAgent(tenant.admin, "Ana");
    const ask = testNode("ask", "agent", { agentId, prompt: "{{ input.text }}" });
    const workflowId = await publishGraph(tenant.admin, "Asks", chain([ask], "{{ ask.text }}"));
    const { executionId } = await start(workflowId);
    await setAgentActive(tenant.admin, { agentId, isActive: false });
    const refused = { code: "precondition", reason: "agent_inactive" };
    await expect(start(workflowId)).rejects.toMatchObject(refused);
    await expect(start(workflowId, { useDraft: true })).rejects.toMatchObject(refused);
    await expect(
      publishGraph(tenant.admin, "Asks as well", chain([ask], "{{ ask.text }}")),
    ).rejects.toMatchObject({
      code: "invalid",
      reason: "agent_inactive",
      fields: { "nodes.ask.agentId": [expect.stringContaining("Ana is inactive")] },
    });
    await drive(tenant, executionId);
    const { run, calls } = await readRun(tenant.job, executionId);
    expect(run).toMatchObject({ status: "failed", errorNodeId: "ask", errorCode: "agent_inactive" });
    expect(calls).toEqual([]);
  });

  it("is refused once a model was switched off that its workflow names, whatever this process saw before", async () => {
    const model = await addStubModel("http://127.0.0.1:9/v1");
    const workflowId = await publishGraph(tenant.admin, "Asks", chain([llmNode("ask", model)], "done"));
    await start(workflowId);
    const { pool } = await database();
    const switchModel = (isActive: boolean) =>
      pool.query("update ai_models set is_active = $1 where model_key = $2", [isActive, model]);
    await switchModel(false);
    const runs = await written();
    await expect(start(workflowId)).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("“ask”"),
    });
    expect(await written()).toEqual(runs);
    await switchModel(true);
    expect(await start(workflowId)).toMatchObject({ isNew: true });
  });

  it("is one run and one row of the audit for one key, however often at once", async () => {
    const { workflowId } = await published("once");
    await start(workflowId);
    const all = await Promise.all(
      Array.from({ length: 12 }, () => start(workflowId, { idempotencyKey: "one key" })),
    );
    expect(new Set(all.map((run) => run.executionId)).size).toBe(1);
    expect(all.filter((run) => run.isNew)).toHaveLength(1);
    expect(await written()).toEqual({ runs: 2, told: 2 });
  });

  it("that is refused leaves nothing: blocked starts, and more than a minute allows", async () => {
    const { workflowId } = await published("refused");
    await asSystem("test", (tx) =>
      tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "small", startsPerMinute: 2 }),
    );
    const ends = await Promise.allSettled(Array.from({ length: 6 }, () => start(workflowId)));
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect(await written()).toEqual({ runs: 2, told: 2 });
    await asSystem("test", (tx) =>
      tx
        .update(subscriptions)
        .set({ startsBlockedAt: new Date(), startsPerMinute: null })
        .where(eq(subscriptions.tenantId, tenant.tenantId)),
    );
    await expect(start(workflowId)).rejects.toMatchObject({ reason: "starts_blocked" });
    expect(await written()).toEqual({ runs: 2, told: 2 });
  });
});
