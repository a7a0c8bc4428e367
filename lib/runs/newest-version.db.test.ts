import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { saveDraft } from "@/lib/workflows/commands/save";
import type { Graph } from "@/lib/workflows/graph";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { publishChange } from "./commands/testing";
import { getReplayForm } from "./replay-form";
import { previewResume } from "./resume-preview";
import { chain, makeAgent, publishGraph, seedRunPrices, transformNode } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
});

const saying = (text: string) => chain([transformNode("t", { text })], "{{ t.text }}");

async function stoppedRun(workflowId: string, useDraft: boolean): Promise<string> {
  const { executionId } = await startRun(tenant.admin, { workflowId, useDraft, input: { text: "a" } });
  await cancelRun(tenant.admin, { executionId });
  return executionId;
}

/** What both dialogs say the newest version is, also where the choice is for the version that the run had. */
async function newestIs(executionId: string) {
  const { newestIs: inResume } = await previewResume(tenant.admin, { executionId, on: "same" });
  const { newestIs: inReplay } = await getReplayForm(tenant.admin, { executionId });
  expect(inReplay).toEqual(inResume);
  return inResume;
}

it("says which version is published, and that the draft has changes that it has not", async () => {
  const workflowId = await publishGraph(tenant.admin, "Says", saying("one"));
  const executionId = await stoppedRun(workflowId, false);
  expect(await newestIs(executionId)).toEqual({ of: "published", version: 1, isDraftNewer: false });
  const save = (revision: number, graph: Graph) =>
    saveDraft(tenant.admin, { workflowId, revision, graph, isAutosave: true });
  await save(1, saying("two"));
  expect(await newestIs(executionId)).toEqual({ of: "published", version: 1, isDraftNewer: true });
  await publishChange(tenant, workflowId, 2, saying("three"));
  expect(await newestIs(executionId)).toEqual({ of: "published", version: 2, isDraftNewer: false });
});

it("is the draft for a run of changes that were not published, and what is published for a run of none", async () => {
  const workflowId = await publishGraph(tenant.admin, "Says", saying("one"));
  const unchanged = await stoppedRun(workflowId, true);
  await saveDraft(tenant.admin, { workflowId, revision: 1, graph: saying("two"), isAutosave: true });
  const changed = await stoppedRun(workflowId, true);
  expect(await newestIs(changed)).toEqual({ of: "draft" });
  expect(await newestIs(unchanged)).toEqual({ of: "published", version: 1, isDraftNewer: true });
});

it("is the agent for a run of one", async () => {
  const agentId = await makeAgent(tenant.admin, "Ana");
  const { executionId } = await startRun(tenant.admin, { agentId, input: { prompt: "Hello" } });
  await cancelRun(tenant.admin, { executionId });
  expect(await newestIs(executionId)).toEqual({ of: "agent" });
});
