import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { passed } from "@/db/statements";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { endAssumed } from "./assumed-end";
import { Outdated } from "./assumed-run";
import { startRun } from "./commands/start";
import { newFollowUps } from "./follow-up";
import { madeOf } from "./node-values";
import { graphOf } from "./pins";
import { loadRun } from "./store";
import { chain, outputNode, publishGraph, readRun, seedRunPrices } from "./testing";

withTestDatabase();

const WAIT = testNode("wait", "wait", { mode: "for", amount: 1, unit: "hours", until: "" });

let tenant: TestTenant;
let executionId: string;
beforeAll(seedRunPrices);
beforeEach(async () => {
  tenant = await makeTenant();
  const workflowId = await publishGraph(tenant.admin, "Waits", chain([WAIT], "done"));
  ({ executionId } = await startRun(tenant.admin, { workflowId, useDraft: false, input: { text: "x" } }));
});

const OUTPUT = { b: 1, a: ["x"] };
const completed = { status: "completed", ports: ["out"] } as const;

/** Ends the run as one whose nodes have all given what they have to. */
function end({ statuses = {}, made = ["output"] }: { statuses?: object; made?: string[] } = {}) {
  const outcomes = new Map(
    Object.entries({ input: completed, wait: completed, output: completed, ...statuses }),
  );
  return asWorker(tenant.job, async (tx) => {
    const run = await loadRun(tx, tenant.job, executionId);
    const graph = await graphOf(tx, tenant.job, run);
    const ends = made.map((id) => [id, madeOf(id, { status: "completed", output: OUTPUT })] as const);
    const ups = newFollowUps();
    const standing = await endAssumed(tx, tenant.job, { run, graph, outcomes, made: new Map(ends) }, ups);
    await passed(tx);
    return { standing, ended: [...ups.ended] };
  });
}

const runNow = async () => (await readRun(tenant.job, executionId)).run;

it("completes a run with what its one output gave", async () => {
  expect(await end()).toEqual({ standing: { status: "completed", hasWork: false }, ended: [executionId] });
  expect(await runNow()).toMatchObject({ status: "completed", resultData: OUTPUT, errorCode: null });
  expect((await runNow()).completedAt).not.toBeNull();
});

it("leaves to be looked at what is not known, has failed or still goes on", async () => {
  const left = { standing: null, ended: [] };
  expect(await end({ made: [] })).toEqual(left);
  expect(await end({ statuses: { wait: { status: "running" }, output: { status: "running" } } })).toEqual(
    left,
  );
  expect(await end({ statuses: { wait: { status: "failed" } } })).toEqual(left);
  expect((await runNow()).status).toBe("pending");
});

it("leaves to be looked at a run that ends with several outputs, whose order decides", async () => {
  const nodes = [testNode("input", "input"), WAIT, outputNode("early", { result: "early" })];
  const graph = testGraph(
    [...nodes, outputNode("output", { result: "done" })],
    [testEdge("input", "wait"), testEdge("wait", "output"), testEdge("input", "early")],
  );
  const workflowId = await publishGraph(tenant.admin, "Two outputs", graph);
  ({ executionId } = await startRun(tenant.admin, { workflowId, useDraft: true, input: { text: "x" } }));
  expect((await end({ statuses: { early: completed }, made: ["early", "output"] })).standing).toBeNull();
});

it("writes nothing when the run was cancelled or has ended meanwhile", async () => {
  const set = (values: Partial<typeof executions.$inferInsert>) =>
    asWorker(tenant.job, (tx) => tx.update(executions).set(values).where(eq(executions.id, executionId)));
  const outcomes = new Map(Object.entries({ input: completed, wait: completed, output: completed }));
  const known = await asWorker(tenant.job, async (tx) => {
    const run = await loadRun(tx, tenant.job, executionId);
    return { run, graph: await graphOf(tx, tenant.job, run) };
  });
  const made = new Map([["output", madeOf("output", { status: "completed", output: OUTPUT })]]);
  const endAsKnown = () =>
    asWorker(tenant.job, (tx) => endAssumed(tx, tenant.job, { ...known, outcomes, made }, newFollowUps()));
  await set({ cancelRequestedAt: new Date() });
  await expect(endAsKnown()).rejects.toThrow(Outdated);
  await set({ cancelRequestedAt: null, status: "failed" });
  await expect(endAsKnown()).rejects.toThrow(Outdated);
  expect(await runNow()).toMatchObject({ status: "failed", resultData: null });
});
