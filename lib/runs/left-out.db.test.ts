import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { database } from "@/db/pool";
import { workflows, workflowVersions } from "@/db/schema/ai";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { Graph } from "@/lib/workflows/graph";
import { replayRun } from "./commands/replay";
import { resumeRun } from "./commands/resume";
import { startRun } from "./commands/start";
import { executeNode } from "./execute-node";
import { failRun, finishRun } from "./finish";
import { beginRun, chain, publishGraph, readRun, seedRunPrices, transformNode } from "./testing";

withTestDatabase();

let tenant: TestTenant;
let workflowId: string;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
  workflowId = await publishGraph(tenant.admin, "Greeting", saying("{{ input.text }}"));
});

function saying(text: string): Graph {
  return chain([transformNode("t", { text })], "{{ t.text }}");
}

/** As it was published, and is still being edited, when a template was not looked at for what it leaves out. */
async function publishedBefore(graph: Graph): Promise<void> {
  const db = drizzle((await database()).pool);
  await db
    .update(workflowVersions)
    .set({ dagStructure: graph })
    .where(eq(workflowVersions.workflowId, workflowId));
  await db.update(workflows).set({ dagStructure: graph }).where(eq(workflows.id, workflowId));
}

async function resultOf(executionId: string): Promise<unknown> {
  await beginRun(tenant.job, executionId);
  for (const nodeId of ["input", "t", "output"]) await executeNode(tenant.job, { executionId, nodeId });
  await finishRun(tenant.job, executionId);
  return (await readRun(tenant.job, executionId)).run.resultData;
}

const asked = { input: { text: "Ana" } } as const;

it("a version whose template leaves something out runs as when it was published, also again", async () => {
  await publishedBefore(saying("Hello {{ input.text input.text }}"));
  const first = await startRun(tenant.member, { workflowId, useDraft: false, ...asked });
  expect(await resultOf(first.executionId)).toEqual({ result: "Hello Ana" });
  const next = await startRun(tenant.member, { workflowId, useDraft: false, ...asked });
  await failRun(tenant.job, next.executionId, { code: "internal", message: "It was lost." });
  const again = [
    await resumeRun(tenant.member, { executionId: next.executionId, on: "same" }),
    await replayRun(tenant.member, { executionId: first.executionId, on: "same", ...asked }),
    await replayRun(tenant.member, { executionId: first.executionId, on: "newest", ...asked }),
  ];
  for (const { executionId } of again) expect(await resultOf(executionId)).toEqual({ result: "Hello Ana" });
});

it("a draft that leaves something out does not run, nor does a version with any other problem", async () => {
  await publishedBefore(saying("Hello {{ input.text input.text }}"));
  await expect(startRun(tenant.member, { workflowId, useDraft: true, ...asked })).rejects.toMatchObject({
    code: "invalid",
    reason: "template_leaves_out",
  });
  await publishedBefore(saying("Hello {{ input.txet input.text }}"));
  await expect(startRun(tenant.member, { workflowId, useDraft: false, ...asked })).rejects.toMatchObject({
    code: "invalid",
    reason: "unknown_name",
  });
});
