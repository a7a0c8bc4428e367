import { eq, sql } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem, asWorker, type Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { subscriptions } from "@/db/schema/plans";
import { tellRunFailed } from "@/lib/notifications/run-failed";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { deadlocks } from "@/lib/testing/deadlocks";
import { waiting } from "@/lib/testing/held";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { placeInLine } from "./admission";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { driveRun } from "./drive";
import { endRun } from "./end-run";
import { failRun } from "./finish";
import { newFollowUps } from "./follow-up";
import { loadRun } from "./store";
import { wakeStep } from "./suspended";
import { chain, publishGraph, readRun, seedRunPrices, transformNode } from "./testing";

withTestDatabase();

let tenant: TestTenant;
let workflowId: string;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
  workflowId = await publishGraph(tenant.admin, "One", chain([transformNode("t", { text: "x" })], "x"));
});

/** A run that a program started: nobody watches it. */
async function begin(text: string): Promise<string> {
  const asked = { workflowId, useDraft: false, input: { text } };
  return (await startRun(tenant.admin, asked, { trigger: "api" })).executionId;
}

type Work = (tx: Tx) => Promise<unknown>;

/** The place in line, as a start holds it. */
const inLine: Work = (tx) => placeInLine(tx, tenant.job).execute();

/** A run, as the end of its drive holds it. */
const run = (executionId: string) => (tx: Tx) => loadRun(tx, tenant.job, executionId, true);

/**
 * Holds something; has something else begin that waits for it, and goes on.
 * @returns how many deadlocks that came to
 */
async function whileHeld(hold: Work, begun: () => Promise<unknown>, goOn: Work): Promise<number> {
  const before = await deadlocks();
  const [held, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holder = asWorker(tenant.job, async (tx) => {
    await hold(tx);
    held.resolve();
    await go.promise;
    await goOn(tx);
  });
  await held.promise;
  const end = begun();
  await vi.waitUntil(async () => (await waiting()) > 0, { timeout: 60_000 });
  go.resolve();
  await Promise.all([holder, end]);
  return (await deadlocks()) - before;
}

const DONE = { status: "completed", result: null } as const;

const statusOf = async (executionId: string) => (await readRun(tenant.job, executionId)).run.status;

describe.runIf(testServerUrl())("the end of a run beside what else is done to it", () => {
  it("never waits for it where both tell of a failure of the same workflow", async () => {
    const [one, two] = [await begin("a"), await begin("b")];
    const count = await whileHeld(
      inLine,
      () => failRun(tenant.job, two, { code: "internal", message: "It was lost." }),
      (tx) => tellRunFailed(tx, tenant.job, one),
    );
    expect([count, await statusOf(two)]).toEqual([0, "failed"]);
  });

  it("never waits for it where it is the next in line that is stopped", async () => {
    await asSystem("test", (tx) =>
      tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "small", maxRunning: 1 }),
    );
    const [one, two] = [await begin("a"), await begin("b")];
    const count = await whileHeld(
      inLine,
      () => cancelRun(tenant.admin, { executionId: two }),
      async (tx) => {
        await endRun(tx, tenant.job, await run(one)(tx), DONE, newFollowUps());
      },
    );
    expect([count, await statusOf(one), await statusOf(two)]).toEqual([0, "completed", "cancelled"]);
  });

  it("never waits for the one that is stopped at that moment", async () => {
    const one = await begin("a");
    const count = await whileHeld(
      run(one),
      () => cancelRun(tenant.admin, { executionId: one }),
      async (tx) => endRun(tx, tenant.job, await run(one)(tx), DONE, newFollowUps()),
    );
    expect([count, await statusOf(one)]).toEqual([0, "completed"]);
  });

  it("never waits for a step that wakes at that moment", async () => {
    const wait = testNode("wait", "wait", { mode: "for", amount: 1, unit: "hours", until: "" });
    workflowId = await publishGraph(tenant.admin, "Waits", chain([wait], "x"));
    const executionId = await begin("a");
    await driveRun(tenant.job, executionId, { budgetMs: 10_000 });
    const { steps } = await readRun(tenant.job, executionId);
    const stepId = steps.find(({ nodeId }) => nodeId === "wait")?.id ?? "";
    await asWorker(tenant.job, (tx) =>
      tx.update(executionSteps).set({ wakeAt: sql`now()` }).where(eq(executionSteps.id, stepId)),
    );
    const failure = { status: "failed", code: "internal", message: "It was lost." } as const;
    const count = await whileHeld(
      run(executionId),
      () => wakeStep(tenant.job, stepId),
      async (tx) => endRun(tx, tenant.job, await run(executionId)(tx), failure, newFollowUps()),
    );
    const after = await readRun(tenant.job, executionId);
    expect([count, after.run.status]).toEqual([0, "failed"]);
    expect(after.steps.find(({ id }) => id === stepId)?.status).toBe("cancelled");
  });
});
