import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem, asWorker, type Tx } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import { tellRunFailed } from "@/lib/notifications/run-failed";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { deadlocks } from "@/lib/testing/deadlocks";
import { waiting } from "@/lib/testing/held";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { placeInLine } from "./admission";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { endRun } from "./end-run";
import { failRun } from "./finish";
import { newFollowUps } from "./follow-up";
import { loadRun } from "./store";
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

/**
 * Holds the place in line, as a start does; has something begin that waits for it, and goes on.
 * @returns how many deadlocks that came to
 */
async function whileInLine(begun: () => Promise<unknown>, goOn: (tx: Tx) => Promise<unknown>) {
  const before = await deadlocks();
  const [held, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holder = asWorker(tenant.job, async (tx) => {
    await placeInLine(tx, tenant.job).execute();
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

const statusOf = async (executionId: string) => (await readRun(tenant.job, executionId)).run.status;

describe.runIf(testServerUrl())("the end of a run beside a start", () => {
  it("never waits for it where both tell of a failure of the same workflow", async () => {
    const [one, two] = [await begin("a"), await begin("b")];
    const count = await whileInLine(
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
    const count = await whileInLine(
      () => cancelRun(tenant.admin, { executionId: two }),
      async (tx) => {
        const run = await loadRun(tx, tenant.job, one);
        await endRun(tx, tenant.job, run, { status: "completed", result: null }, newFollowUps());
      },
    );
    expect([count, await statusOf(one), await statusOf(two)]).toEqual([0, "completed", "cancelled"]);
  });
});
