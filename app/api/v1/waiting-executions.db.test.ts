import { beforeAll, expect, it } from "vitest";
import { asPlatform } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import { until } from "@/inngest/engine/testing";
import { startRun } from "@/lib/runs/commands/start";
import { DRIVE_MS, driveRun } from "@/lib/runs/drive";
import { chain, llmNode, publishGraph, seedRunPrices, TEST_MODEL, transformNode } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { prepaidTenant } from "@/lib/wallet/testing";
import { call, makeKey } from "./testing";

withTestDatabase();
beforeAll(() => seedRunPrices());

async function read(key: string, executionId: string): Promise<Record<string, unknown>> {
  const response = await call("GET", `/executions/${executionId}`, { key });
  const body = await response.json();
  expect([response.status, body]).toEqual([200, body]);
  return body;
}

async function begin({ admin }: TestTenant, workflowId: string): Promise<string> {
  const started = await startRun(admin, { workflowId, input: { text: "x" }, useDraft: false });
  return started.executionId;
}

it("says which place in line an execution has, of how many that may go on", async () => {
  const tenant = await makeTenant();
  const none = { tenantId: tenant.tenantId, planName: "small", maxRunning: 0 };
  await asPlatform(await makePlatform(), (tx) => tx.insert(subscriptions).values(none));
  const graph = chain([transformNode("t", { text: "{{ input.text }}" })], "{{ t.text }}");
  const workflowId = await publishGraph(tenant.admin, "Waits", graph);
  const key = await makeKey(tenant, ["executions:read", "executions:cancel"]);
  const [first, second] = [await begin(tenant, workflowId), await begin(tenant, workflowId)];
  const line = { reason: "line", running: 0, maxRunning: 0 };
  expect(await read(key, first)).toMatchObject({ status: "pending", waiting: { ...line, position: 1 } });
  expect(await read(key, second)).toMatchObject({ status: "pending", waiting: { ...line, position: 2 } });
  await call("POST", `/executions/${first}/cancel`, { key });
  expect(await read(key, first)).toMatchObject({ status: "cancelled", waiting: null });
  expect(await read(key, second)).toMatchObject({ waiting: { ...line, position: 1 } });
});

it("says that an execution waits for credit", async () => {
  const poor = await prepaidTenant();
  const key = await makeKey(poor, ["executions:read"]);
  const workflowId = await publishGraph(poor.admin, "Asks", chain([llmNode("ask", TEST_MODEL)], "x"));
  const executionId = await begin(poor, workflowId);
  const drive = async () => (await driveRun(poor.job, executionId, { budgetMs: DRIVE_MS })).againMs === null;
  await until("the run to need no more", drive);
  expect(await read(key, executionId)).toMatchObject({
    status: "waiting",
    waiting: { reason: "credit", position: null, running: null, maxRunning: null },
  });
});

it("refuses a start that the line has no place for as something to try again, and says when", async () => {
  const tenant = await makeTenant();
  const none = { tenantId: tenant.tenantId, planName: "small", maxRunning: 0, maxQueued: 0 };
  await asPlatform(await makePlatform(), (tx) => tx.insert(subscriptions).values(none));
  const graph = chain([transformNode("t", { text: "{{ input.text }}" })], "{{ t.text }}");
  const workflowId = await publishGraph(tenant.admin, "Full", graph);
  const key = await makeKey(tenant, ["workflows:run"]);
  const json = { input: { text: "x" } };
  const refused = await call("POST", `/workflows/${workflowId}/runs`, { key, json });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
  expect(await refused.json()).toMatchObject({ code: "rate_limited", reason: "queue_full" });
});
