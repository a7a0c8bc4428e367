import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { newId } from "@/lib/ids";
import { startRun } from "@/lib/runs/commands/start";
import { outputNode, publishGraph, seedRunPrices } from "@/lib/runs/testing";
import { findTrace } from "@/lib/runs/trace-queries";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { whatCameBefore } from "./before-queries";
import { getApproval } from "./queries";
import { list, PATIENCE_MS } from "./testing";

withTestDatabase();
beforeAll(async () => {
  await startEmbedded(handler);
  await seedRunPrices();
});
afterAll(() => embedded().engine.stop(2_000));

vi.setConfig({ testTimeout: 2 * PATIENCE_MS });

const approval = testNode("approval", "approval", {
  title: "Send it?",
  message: "",
  fields: [],
  who: "anyone",
  userIds: [],
});

it("tells of a question without a message what was given and what led to it, through what only led on", async () => {
  const tenant = await makeTenant();
  const text = (id: string, value: string) =>
    testNode(id, "transform", { fields: [{ key: "text", mode: "template", value }] });
  const graph = testGraph(
    [
      testNode("input", "input"),
      text("early", "Not shown"),
      text("letter", "Dear {{ input.text }}"),
      testNode("long", "condition", { match: "all", rules: [{ expression: "input.text.size() > 2" }] }),
      text("short", "Not run"),
      approval,
      outputNode("yes", { result: "sent" }),
    ],
    [
      testEdge("input", "early"),
      testEdge("early", "letter"),
      testEdge("letter", "long"),
      testEdge("long", "approval", "true"),
      testEdge("long", "short", "false"),
      testEdge("short", "approval"),
      testEdge("approval", "yes", "approved"),
    ],
  );
  const workflowId = await publishGraph(tenant.admin, "Letters", graph);
  const run = { workflowId, useDraft: false, input: { text: "Acme" } };
  const { executionId } = await startRun(tenant.member, run);
  const question = async () => (await list(tenant.member, "waiting"))[0]?.id;
  await until("the question", async () => (await question()) !== undefined, PATIENCE_MS);
  const asked = (await question()) ?? "";
  expect(await whatCameBefore(tenant.member, asked)).toMatchObject({
    executionId,
    given: { text: "Acme" },
    labels: { text: "Text" },
    steps: [
      { name: "letter", output: { text: "Dear Acme" } },
      { name: "long", output: { result: true } },
    ],
  });
  const place = { number: 1, documentId: newId(), chunkId: newId(), filename: "terms.pdf", page: 2 };
  const cited = { ...place, heading: null, excerpt: "Within 30 days." };
  await asWorker(tenant.job, (tx) =>
    tx
      .update(executionSteps)
      .set({ detail: { citations: [cited] } })
      .where(and(eq(executionSteps.executionId, executionId), eq(executionSteps.nodeId, "letter"))),
  );
  const { steps } = await whatCameBefore(tenant.member, asked);
  expect(steps.map(({ citations }) => citations)).toEqual([[cited], []]);
  const stranger = await makeTenant();
  await expect(whatCameBefore(stranger.admin, asked)).rejects.toMatchObject({ code: "not_found" });
});

it("tells of a question about an item which item it is", async () => {
  const tenant = await makeTenant();
  const inside = { parent: "each" };
  const graph = testGraph(
    [
      testNode("input", "input"),
      testNode("each", "map", {
        items: 'input.text.split(",")',
        maxParallel: 1,
        maxItems: 10,
        onItemError: "fail",
        mode: "template",
        value: "{{ approval.decision }}",
      }),
      { ...approval, ...inside },
      outputNode("end", { result: "done" }),
    ],
    [testEdge("input", "each"), testEdge("each", "end")],
  );
  const workflowId = await publishGraph(tenant.admin, "Each letter", graph);
  await startRun(tenant.member, { workflowId, useDraft: false, input: { text: "Ada,Bo" } });
  const question = async () => (await list(tenant.member, "waiting"))[0]?.id;
  await until("the question", async () => (await question()) !== undefined, PATIENCE_MS);
  expect(await whatCameBefore(tenant.member, (await question()) ?? "")).toMatchObject({
    given: { item: "Ada", index: 0 },
    steps: [],
  });
  const { executionId, stepId } = await getApproval(tenant.member, (await question()) ?? "");
  // The way to the run leads to the item's own step, several levels down.
  const trace = await findTrace(tenant.member, executionId, { step: stepId });
  expect([trace?.selection?.nodeId, trace?.selection?.path.length]).toEqual(["approval", 1]);
});
