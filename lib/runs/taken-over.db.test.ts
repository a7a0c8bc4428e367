import { eq } from "drizzle-orm";
import { beforeAll, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { until } from "@/inngest/engine/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { resumeRun } from "./commands/resume";
import { numberNode } from "./commands/testing";
import { DRIVE_MS, driveRun } from "./drive";
import { begin } from "./faults/testing/scene";
import { previewResume } from "./resume-preview";
import { outputNode, publishGraph, seedRunPrices, transformNode } from "./testing";
import { findTrace } from "./trace-queries";

withTestDatabase();
beforeAll(() => seedRunPrices());

it("shows no parts of a map that was taken over, and of a run that was resumed what went on with it", async () => {
  const tenant = await makeTenant();
  const map = testNode("each", "map", {
    items: `"a,b,c".split(",")`,
    maxParallel: 3,
    maxItems: 3,
    onItemError: "fail",
    mode: "template",
    value: "{{ one.text }}",
  });
  const one = { ...transformNode("one", { text: "{{ item }}" }), parent: map.id };
  const nodes = [testNode("input", "input"), map, one, numberNode("t", "double(input.text)")];
  const graph = testGraph(
    [...nodes, outputNode("output", { result: "{{ t.n }}" })],
    [testEdge("input", map.id), testEdge(map.id, "t"), testEdge("t", "output")],
  );
  const executionId = await begin(tenant, await publishGraph(tenant.admin, "Lines", graph), "no number");
  const drive = async (id: string) =>
    (await driveRun(tenant.job, id, { budgetMs: DRIVE_MS })).againMs === null;
  const end = (id: string) =>
    until("the run and its parts to end", async () => {
      await drive(id);
      const parts = await asWorker(tenant.job, (tx) =>
        tx.select({ id: executions.id }).from(executions).where(eq(executions.rootExecutionId, id)),
      );
      for (const part of parts) await drive(part.id);
      return (await findTrace(tenant.member, id))?.status === "failed";
    });
  await end(executionId);
  const mapOf = async (id: string) =>
    (await findTrace(tenant.member, id))?.windows[0]?.steps.find(({ nodeId }) => nodeId === map.id);
  expect(await mapOf(executionId)).toMatchObject({ status: "completed", parts: { completed: 3 } });
  const look = () => previewResume(tenant.member, { executionId, on: "same" });
  expect(await look()).toMatchObject({ resumedAs: [] });

  const resumed = await resumeRun(tenant.member, { executionId, on: "same" });
  await end(resumed.executionId);
  expect(await mapOf(resumed.executionId)).toMatchObject({ reused: { executionId }, parts: null });
  expect(await look()).toMatchObject({ resumedAs: [{ id: resumed.executionId, status: "failed" }] });
});
