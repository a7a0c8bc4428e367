import { and, eq, inArray } from "drizzle-orm";
import { beforeEach, expect, it } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { subscriptions } from "@/db/schema/plans";
import { approvals } from "@/db/schema/run-control";
import { until } from "@/inngest/engine/testing";
import { answerApproval } from "@/lib/approvals/commands";
import { answerApprovalInput } from "@/lib/approvals/input";
import { cancelRun } from "@/lib/runs/commands/cancel";
import { replayRun } from "@/lib/runs/commands/replay";
import { resumeRun } from "@/lib/runs/commands/resume";
import { startRun } from "@/lib/runs/commands/start";
import { inside as bodyOf, line, mapNode } from "@/lib/runs/nested-testing";
import { outputNode, publishGraph } from "@/lib/runs/testing";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { PATIENCE_MS, statusOf, withRunningEngine } from "./testing";

withRunningEngine();

let tenant: TestTenant;
let workflowId: string;

const ASK = testNode("ask", "approval", {
  title: "{{ input.text }}?",
  message: "",
  fields: [],
  who: "anyone",
  userIds: [],
});

beforeEach(async () => {
  tenant = await makeTenant();
  await asPlatform(await makePlatform(), (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "small", maxRunning: 1 }),
  );
  const asking = testGraph(
    [testNode("input", "input"), ASK, outputNode("output", { result: "{{ input.text }}" })],
    [testEdge("input", "ask"), testEdge("ask", "output", "approved")],
  );
  const called = await publishGraph(tenant.admin, "Asking", asking);
  const inputs = [{ key: "text", mode: "template", value: "{{ input.text }}-{{ round }}-{{ item }}" }];
  const again = testNode("again", "loop", {
    maxRounds: 2,
    until: "false",
    initialMode: "template",
    initial: "",
    mode: "template",
    value: "x",
  });
  const graph = line([again], {
    more: [
      ...bodyOf("again", mapNode("each", '["a", "b"]', { maxParallel: 2 })),
      ...bodyOf("each", testNode("call", "workflow", { workflowId: called, versionId: "", inputs })),
    ],
  });
  workflowId = await publishGraph(tenant.admin, "Calling", graph);
});

async function start(text: string): Promise<string> {
  return (await startRun(tenant.admin, { workflowId, useDraft: false, input: { text } })).executionId;
}

/** What runs ask now that somebody started. */
function questions(roots: readonly string[]) {
  return asWorker(tenant.job, (tx) =>
    tx
      .select({ id: approvals.id, root: executions.rootExecutionId, title: approvals.title })
      .from(approvals)
      .innerJoin(executions, eq(executions.id, approvals.executionId))
      .where(
        and(
          eq(approvals.tenantId, tenant.tenantId),
          eq(approvals.status, "pending"),
          inArray(executions.rootExecutionId, [...roots]),
        ),
      ),
  );
}

const asks = (root: string, most = 2) =>
  until(`${most} questions`, async () => (await questions([root])).length === most, PATIENCE_MS);

/** Says yes to all that the runs ask, until each of them has ended. */
async function answerAll(roots: readonly string[]): Promise<void> {
  const answer = async () => {
    for (const { id } of await questions(roots))
      await answerApproval(
        tenant.member,
        answerApprovalInput.parse({ approvalId: id, decision: "approved" }),
      );
    const stands = await Promise.all(roots.map((id) => statusOf(tenant.job, id)));
    return stands.every((status) => status === "completed");
  };
  await until("the runs to complete", answer, PATIENCE_MS);
}

it("where one run may go on at once, what it calls goes on beside it, also while it is stopped, resumed or replayed", async () => {
  const first = await start("first");
  await asks(first);
  const second = await start("second");
  await asks(second);
  const replayed = await replayRun(tenant.admin, {
    executionId: first,
    on: "same",
    input: { text: "again" },
  });
  await asks(replayed.executionId);
  await Promise.all([cancelRun(tenant.admin, { executionId: first }), answerAll([second])]);
  expect(await statusOf(tenant.job, first)).toBe("cancelled");
  expect(await questions([first])).toEqual([]);
  const resumed = await resumeRun(tenant.admin, { executionId: first, on: "same" });
  await asks(resumed.executionId);
  const last = await start("last");
  await answerAll([resumed.executionId, replayed.executionId, last]);
});
