import { and, eq, inArray } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { spendCaps } from "@/db/schema/caps";
import { approvals } from "@/db/schema/run-control";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { whileHeld } from "@/lib/testing/held";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { give, prepaidTenant } from "@/lib/wallet/testing";
import { testNode } from "@/lib/workflows/graph-testing";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { DRIVE_MS, driveRun } from "./drive";
import { executeNode } from "./execute-node";
import { LIVE_STATUSES } from "./input";
import { AGENT_NODE_ID } from "./pins";
import { beginRun, chain, makeAgent, publishGraph, readRun, seedRunPrices, transformNode } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 60_000 });

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
});

/** A run of input → a workflow it calls → output, of which the call is next. */
async function beforeCall() {
  const called = await publishGraph(
    tenant.admin,
    "Called",
    chain([transformNode("say", { text: "Hi" })], "x"),
  );
  const inputs = [{ key: "text", mode: "template", value: "{{ input.text }}" }];
  const call = testNode("call", "workflow", { workflowId: called, versionId: "", inputs });
  const workflowId = await publishGraph(tenant.admin, "Caller", chain([call], "done"));
  const input = { text: "x" };
  const { executionId } = await startRun(tenant.admin, { workflowId, useDraft: false, input });
  await beginRun(tenant.job, executionId);
  await executeNode(tenant.job, { executionId, nodeId: "input" });
  const { run } = await readRun(tenant.job, executionId);
  return { executionId, calledVersionId: run.pinnedVersions?.[called] ?? "" };
}

const liveRuns = () =>
  asWorker(tenant.job, (tx) =>
    tx
      .select({ id: executions.id, status: executions.status })
      .from(executions)
      .where(and(eq(executions.tenantId, tenant.tenantId), inArray(executions.status, [...LIVE_STATUSES]))),
  );

/** A run of an agent whose cap it cannot fit under, and that asks then. */
async function beforeQuestion() {
  tenant = await prepaidTenant();
  await give(tenant, { kind: "topup", source: "paid", amount: 1_000_000_000n, key: "enough" });
  const agentId = await makeAgent(tenant.admin, "Ada");
  const cap = { scope: "agent", agentId, period: "day", amount: "0.000001", onReach: "ask" };
  await setCap(tenant.admin, setCapInput.parse(cap));
  const { executionId } = await startRun(tenant.admin, { agentId, input: { prompt: "Hi" } });
  await beginRun(tenant.job, executionId);
  const [row] = await asWorker(tenant.job, (tx) => tx.select({ id: spendCaps.id }).from(spendCaps));
  return { executionId, capId: row?.id ?? "" };
}

describe.runIf(testServerUrl())("a run that is cancelled while a node of it begins to wait", () => {
  const begins = {
    "driven on": (executionId: string) => driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS }),
    "by itself": (executionId: string) => executeNode(tenant.job, { executionId, nodeId: "call" }),
  };

  it.each(Object.keys(begins) as (keyof typeof begins)[])(
    "leaves no run behind that it starts: %s",
    async (how) => {
      const { executionId, calledVersionId } = await beforeCall();
      // Only the new run refers to it.
      const version = { lock: "select from workflow_versions where id = $1 for update", of: calledVersionId };
      const begin = () => begins[how](executionId);
      await whileHeld(version, [begin], () => cancelRun(tenant.admin, { executionId }));
      expect(await liveRuns()).toEqual([]);
      const { run, steps } = await readRun(tenant.job, executionId);
      expect(run.status).toBe("cancelled");
      expect(steps.filter(({ status }) => status === "waiting" || status === "running")).toEqual([]);
    },
  );

  it("asks nobody for a step that would have waited", async () => {
    const { executionId, capId } = await beforeQuestion();
    const asking = { lock: "select pg_advisory_xact_lock(hashtextextended($1, 0))", of: `ask:${capId}` };
    const begin = () => executeNode(tenant.job, { executionId, nodeId: AGENT_NODE_ID });
    await whileHeld(asking, [begin], () => cancelRun(tenant.admin, { executionId }));
    const asked = await asWorker(tenant.job, (tx) => tx.select().from(approvals));
    expect(asked).toEqual([]);
    const { steps } = await readRun(tenant.job, executionId);
    expect(steps.filter(({ status }) => status === "waiting" || status === "running")).toEqual([]);
  });
});
