import { and, eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { subscriptions } from "@/db/schema/plans";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { CLIENT_ID, embedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { newId } from "@/lib/ids";
import { cancelRun } from "@/lib/runs/commands/cancel";
import { startRun } from "@/lib/runs/commands/start";
import { DRIVER } from "@/lib/runs/first-drive";
import { followUp, newFollowUps } from "@/lib/runs/follow-up";
import { wakeStep } from "@/lib/runs/suspended";
import { findDueSteps, mendRun } from "@/lib/runs/sweep";
import { outputNode, publishGraph, settleWaitingStep, transformNode } from "@/lib/runs/testing";
import { whyWaiting } from "@/lib/runs/why-waiting";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import {
  around,
  childrenOf,
  ended,
  map,
  PATIENCE_MS,
  reaches,
  start,
  statusOf,
  withRunningEngine,
} from "./testing";

withRunningEngine();

describe("waiting", () => {
  const wait = (amount: number, unit: string) =>
    testNode("sit", "wait", { mode: "for", amount, unit, until: "" });

  it("for a time keeps nothing running, and goes on when it is over", async () => {
    const { admin, job } = await makeTenant();
    const executionId = await start(admin, "Wait", around(wait(1, "seconds"), "sit.wokeAt"));
    const { run, steps } = await ended(job, executionId);
    expect(run.status).toBe("completed");
    const sit = steps.find(({ nodeId }) => nodeId === "sit");
    const tookMs = (sit?.completedAt?.getTime() ?? 0) - (sit?.startedAt?.getTime() ?? 0);
    expect(tookMs).toBeGreaterThanOrEqual(990);
  });

  it("too early does nothing; what a lost process forgot is found by the sweep", async () => {
    const { admin, job } = await makeTenant();
    const executionId = await start(admin, "Wait", around(wait(2, "hours"), "sit.wokeAt"));
    const { run, steps } = await reaches(job, executionId, "waiting");
    expect(run.deadlineAt).toBeNull();
    const sit = steps.find(({ nodeId }) => nodeId === "sit");
    expect(await wakeStep(job, sit?.id ?? "")).toBeGreaterThan(3_600_000);
    expect(await findDueSteps()).toEqual([]);
    const past = new Date(Date.now() - 60_000);
    await asWorker(job, (tx) =>
      tx
        .update(executionSteps)
        .set({ wakeAt: past })
        .where(eq(executionSteps.id, sit?.id ?? "")),
    );
    expect(await findDueSteps()).toEqual([
      { tenantId: job.tenantId, executionId, stepId: sit?.id, at: past, isDue: true },
    ]);
    await Promise.all([wakeStep(job, sit?.id ?? ""), wakeStep(job, sit?.id ?? "")]);
    const done = await ended(job, executionId);
    expect(done.run.status).toBe("completed");
    expect(done.ledger.filter((row) => row.nodeId === "sit")).toHaveLength(1);
  });

  it("for a person goes the way that was decided; the other branch runs meanwhile", async () => {
    const { admin, job } = await makeTenant();
    const ask = testNode("ask", "approval", {
      title: "Refund {{ input.text }}?",
      message: "",
      fields: [],
      who: "anyone",
      userIds: [],
    });
    const graph = testGraph(
      [
        testNode("input", "input"),
        ask,
        transformNode("side", { text: "done" }),
        outputNode("yes", { result: "{{ ask.comment }} {{ side.text }}" }),
        outputNode("no", { result: "no" }),
      ],
      [
        testEdge("input", "ask"),
        testEdge("input", "side"),
        testEdge("side", "yes"),
        testEdge("ask", "yes", "approved"),
        testEdge("ask", "no", "rejected"),
      ],
    );
    const executionId = await start(admin, "Approval", graph, "Ana");
    const { steps } = await reaches(job, executionId, "waiting");
    expect(steps.find(({ nodeId }) => nodeId === "side")?.status).toBe("completed");
    const asked = await asWorker(job, (tx) =>
      tx.select().from(approvals).where(eq(approvals.executionId, executionId)),
    );
    expect(asked).toMatchObject([{ title: "Refund Ana?", status: "pending", approvers: { anyone: true } }]);
    const stepId = asked[0]?.stepId ?? "";
    const output = { decision: "approved", answer: {}, comment: "fine", answeredBy: "Ana" };
    const end = { status: "completed", output, branch: "approved" } as const;
    const ups = await asWorker(job, async (tx) => {
      const found = newFollowUps();
      await settleWaitingStep(tx, job, { stepId, end }, found);
      return found;
    });
    await followUp(job, ups);
    const done = await ended(job, executionId);
    expect(done.run.resultData).toEqual({ result: "fine done" });
    expect(done.steps.find(({ nodeId }) => nodeId === "no")?.status).toBe("skipped");
  });

  it("is over when the run is cancelled: questions and runs below are closed", async () => {
    const { admin, job } = await makeTenant();
    const graph = around(map({ value: "item" }), "each.items", [wait(1, "hours")]);
    const executionId = await start(admin, "Map", graph, "a,b,c");
    await reaches(job, executionId, "waiting");
    const waiting = async () =>
      (await childrenOf(job, executionId)).filter((run) => run.status === "waiting");
    await until("two items to wait", async () => (await waiting()).length === 2, PATIENCE_MS);
    await cancelRun(admin, { executionId });
    const runs = await childrenOf(job, executionId);
    expect(runs.map((run) => run.status)).toEqual(["cancelled", "cancelled"]);
    const open = await asWorker(job, (tx) =>
      tx
        .select()
        .from(executionSteps)
        .where(and(eq(executionSteps.tenantId, job.tenantId), eq(executionSteps.status, "waiting"))),
    );
    expect(open).toEqual([]);
  });
});

describe("room", () => {
  it("is given in order, as runs end or wait; who waits for it is told their place", async () => {
    const { admin, job, tenantId } = await makeTenant();
    await asPlatform(await makePlatform(), (tx) =>
      tx.insert(subscriptions).values({ tenantId, planName: "trial", maxRunning: 1, maxQueued: 1 }),
    );
    const ask = testNode("ask", "approval", {
      title: "Go?",
      message: "",
      fields: [],
      who: "anyone",
      userIds: [],
    });
    const graph = testGraph(
      [testNode("input", "input"), ask, outputNode("output", { result: "ok" })],
      [testEdge("input", "ask"), testEdge("ask", "output", "approved")],
    );
    const workflowId = await publishGraph(admin, "Ask", graph);
    const run = () => startRun(admin, { workflowId, useDraft: false, input: { text: "x" } });
    await embedded().engine.stop(10_000);
    const first = await run();
    const second = await run();
    expect(await whyWaiting(admin, first.executionId)).toBeNull();
    expect(await whyWaiting(admin, second.executionId)).toEqual({
      kind: "line",
      position: 1,
      running: 1,
      maxRunning: 1,
    });
    await expect(run()).rejects.toMatchObject({ code: "rate_limited", reason: "queue_full" });
    await cancelRun(admin, { executionId: first.executionId });
    expect(await whyWaiting(admin, second.executionId)).toBeNull();
    await mendRun(job, second.executionId);
    expect(await statusOf(job, second.executionId)).toBe("pending");
  });

  it("is told also to runs that may go on: other steps are worked on, or an operator holds the work", async () => {
    const { admin, job, tenantId } = await makeTenant();
    const graph = testGraph(
      [testNode("input", "input"), outputNode("output", { result: "ok" })],
      [testEdge("input", "output")],
    );
    const workflowId = await publishGraph(admin, "Turn", graph);
    await embedded().engine.stop(10_000);
    const begun = () => plantLive(job, workflowId);
    const [mine, other] = [await begun(), await begun()];
    const work = (executionId: string, nodeId: string, seconds: number) =>
      asWorker(job, (tx) =>
        tx.insert(executionSteps).values({
          id: newId(),
          tenantId,
          executionId,
          nodeId,
          kind: "llm",
          name: nodeId,
          status: "running",
          workerId: "somebody",
          leaseUntil: sql`now() + ${seconds}::int * interval '1 second'`,
        }),
      );
    for (let step = 0; step < 7; step += 1) await work(other, `n${step}`, 60);
    await work(other, "lost", -60);
    expect(await whyWaiting(admin, mine)).toBeNull();
    await work(other, "n7", 60);
    expect(await whyWaiting(admin, mine)).toEqual({ kind: "busy", steps: 8 });
    expect(await whyWaiting(admin, other)).toBeNull();
    expect(await whyWaiting((await makeTenant()).admin, mine)).toBeNull();

    const lane = { functionId: `${CLIENT_ID}-${DRIVER}`, key: tenantId };
    await embedded().engine.controls.pause(lane);
    expect(await whyWaiting(admin, mine)).toEqual({ kind: "held" });
    await embedded().engine.controls.resume(lane);
    await work(mine, "ask", 60);
    expect(await whyWaiting(admin, mine)).toBeNull();
  });
});

/** A run that was admitted and may go on. */
async function plantLive(job: TenantScope, workflowId: string): Promise<string> {
  const id = newId();
  await asWorker(job, (tx) =>
    tx.insert(executions).values({
      id,
      tenantId: job.tenantId,
      workflowId,
      status: "running",
      admittedAt: sql`now()`,
      inputData: {},
    }),
  );
  return id;
}
