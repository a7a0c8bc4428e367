import { and, eq, isNull, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform, asWorker, type Tx } from "@/db/access";
import { database } from "@/db/pool";
import { executionSteps, executions } from "@/db/schema/ai";
import { tenants } from "@/db/schema/auth";
import { systemRates } from "@/db/schema/billing";
import { aiModels } from "@/db/schema/config";
import { creditHolds } from "@/db/schema/wallets";
import { chat } from "@/e2e/provider/replies";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { driveRun } from "./drive";
import { askNode, begin, seedFaultModel } from "./faults/testing/scene";
import { STEPS_AT_ONCE_PER_TENANT } from "./slots";
import { chain, outputNode, publishGraph, readRun } from "./testing";
import { thisWorker } from "./worker";

const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  const started = await startProvider();
  process.env.OUTBOUND_ALLOW = started.host;
  return started;
});

withTestDatabase();

let model: string;
let tenant: TestTenant;
beforeAll(async () => {
  model = await seedFaultModel(provider);
});
afterAll(() => provider.close());
beforeEach(async () => {
  tenant = await makeTenant();
  provider.reset();
});

const startTwo = async (name: string) => {
  const graph = chain([askNode("first", model), askNode("second", model)], "done");
  return begin(tenant, await publishGraph(tenant.admin, name, graph), name);
};

/** One node, then two at once. */
const startFork = async (name: string) => {
  const ids = ["first", "second", "third"];
  const nodes = [
    testNode("input", "input"),
    ...ids.map((id) => askNode(id, model)),
    outputNode("output", { result: "done" }),
  ];
  const edges = [
    ["input", "first"],
    ["first", "second"],
    ["first", "third"],
    ["second", "output"],
    ["third", "output"],
  ];
  const graph = testGraph(
    nodes,
    edges.map(([from = "", to = ""]) => testEdge(from, to)),
  );
  return begin(tenant, await publishGraph(tenant.admin, name, graph), name);
};

/** More than any drive here takes on a slow machine. */
const BUDGET_MS = 60_000;

const drive = (executionId: string) => driveRun(tenant.job, executionId, { budgetMs: BUDGET_MS });

/** Does something behind the drive's back while the first node is being asked. */
function meanwhile(work: () => Promise<unknown>): void {
  const answer = chat({ content: "All is well." });
  provider.play(async (response, request) => {
    await work();
    await answer(response, request);
  }, answer);
}

async function asked(executionId: string) {
  const { run, steps, ledger } = await readRun(tenant.job, executionId);
  const step = (nodeId: string) => steps.find((each) => each.nodeId === nodeId);
  return { run, step, ledger, nodes: provider.requests.map(({ key }) => key.match(/\/(\w+)@/)?.[1]) };
}

const anywhere = <T>(work: (tx: Tx) => Promise<T>) => asWorker(tenant.job, work);

describe("what a drive takes for granted of its run", () => {
  it("is seen to be outdated when the run is to be cancelled", async () => {
    const executionId = await startTwo("cancelled");
    meanwhile(() =>
      anywhere((tx) =>
        tx.update(executions).set({ cancelRequestedAt: sql`now()` }).where(eq(executions.id, executionId)),
      ),
    );
    await drive(executionId);
    const { run, step, nodes } = await asked(executionId);
    expect([run.status, step("first")?.status, nodes]).toEqual(["cancelled", "cancelled", ["first"]]);
  });

  it("is seen to be outdated when the tenant is suspended", async () => {
    const executionId = await startTwo("suspended");
    const platform = await makePlatform();
    meanwhile(() =>
      asPlatform(platform, (tx) =>
        tx.update(tenants).set({ status: "suspended" }).where(eq(tenants.id, tenant.tenantId)),
      ),
    );
    await drive(executionId);
    const { run, step, nodes } = await asked(executionId);
    expect(run).toMatchObject({ status: "failed", errorNodeId: "second" });
    expect([step("first")?.status, nodes]).toEqual(["completed", ["first"]]);
  });

  it("is seen to be outdated when a price has changed: what begins then costs the new one", async () => {
    const executionId = await startTwo("dearer");
    const platform = await makePlatform();
    const isFee = and(eq(systemRates.resourceType, "workflow_node"), isNull(systemRates.effectiveTo));
    let old: typeof systemRates.$inferSelect | undefined;
    meanwhile(() =>
      asPlatform(platform, async (tx) => {
        [old] = await tx.update(systemRates).set({ effectiveTo: sql`now()` }).where(isFee).returning();
        await tx.insert(systemRates).values({
          resourceType: "workflow_node",
          unit: "node",
          rate: "0.000700",
          effectiveFrom: sql`now()`,
        });
      }),
    );
    await drive(executionId);
    const { run, ledger } = await asked(executionId);
    expect(run.status).toBe("completed");
    const fee = (nodeId: string) =>
      ledger.find((row) => row.nodeId === nodeId && row.resourceType === "workflow_node")?.systemRate;
    expect([fee("first"), fee("second")]).toEqual([old?.rate, "0.000700"]);
  });

  it("is seen to be outdated when its model may answer longer: what begins then has that much set aside", async () => {
    const answerLength = (maxOutputTokens: number) =>
      makePlatform().then((platform) =>
        asPlatform(platform, (tx) =>
          tx.update(aiModels).set({ maxOutputTokens }).where(eq(aiModels.modelKey, model)),
        ),
      );
    await answerLength(1_000);
    const executionId = await startTwo("longer");
    meanwhile(() => answerLength(100_000));
    await drive(executionId);
    const { run, step } = await asked(executionId);
    expect(run.status).toBe("completed");
    const [first, second] = await Promise.all(["first", "second"].map((id) => heldFor(step(id)?.id)));
    // At 8 dollars a million tokens, a thousand are less than a cent, and a hundred thousand 80.
    expect([Number(first) < 0.02, Number(second) > 0.8]).toEqual([true, true]);
  });

  it("is seen to be outdated when its model is switched off: the next node fails, and nobody is asked", async () => {
    const platform = await makePlatform();
    const switched = (isActive: boolean) =>
      asPlatform(platform, (tx) => tx.update(aiModels).set({ isActive }).where(eq(aiModels.modelKey, model)));
    const executionId = await startTwo("off");
    meanwhile(() => switched(false));
    await drive(executionId).finally(() => switched(true));
    const { run, step, nodes } = await asked(executionId);
    expect(run).toMatchObject({ status: "failed", errorNodeId: "second" });
    expect(step("second")).toMatchObject({ status: "failed", errorCode: "model_unavailable" });
    expect([step("first")?.status, nodes]).toEqual(["completed", ["first"]]);
  });

  it("is seen to be outdated when somebody else has begun the next node", async () => {
    const executionId = await startTwo("taken");
    meanwhile(() => anywhere((tx) => tx.insert(executionSteps).values(heldStep(executionId, "second"))));
    const { againMs } = await drive(executionId);
    expect(againMs).toBeGreaterThan(0);
    const { run, step, nodes } = await asked(executionId);
    expect([run.status, nodes]).toEqual(["running", ["first"]]);
    expect(step("first")?.status).toBe("completed");
    expect(step("second")).toMatchObject({ status: "running", attempt: 1, workerId: thisWorker().id });
  });

  it("is seen to be outdated when somebody else has the node that was asked: its end is theirs", async () => {
    const executionId = await startTwo("lost");
    meanwhile(() =>
      anywhere((tx) =>
        tx
          .update(executionSteps)
          .set({ attempt: 2, workerId: thisWorker().id, leaseUntil: sql`now() + interval '1 minute'` })
          .where(and(eq(executionSteps.executionId, executionId), eq(executionSteps.nodeId, "first"))),
      ),
    );
    await drive(executionId);
    const { run, step, ledger, nodes } = await asked(executionId);
    expect([run.status, nodes]).toEqual(["running", ["first"]]);
    expect(step("first")).toMatchObject({ status: "running", attempt: 2, workerId: thisWorker().id });
    expect(ledger.some((row) => row.nodeId === "first")).toBe(false);
  });

  it("holds for the room of a node that ends: the next one takes it over, however full it is beside it", async () => {
    const executionId = await startTwo("full");
    const crowd = await startTwo("crowd");
    meanwhile(() => fill(crowd));
    await drive(executionId);
    const { run, nodes } = await asked(executionId);
    expect([run.status, nodes]).toEqual(["completed", ["first", "second"]]);
  });

  // The embedded database has one connection: nobody else can be in the middle of anything.
  it.runIf(testServerUrl())(
    "holds for that room while others count what the tenant has under way",
    async () => {
      const executionId = await startTwo("counted");
      const counting = await (await database()).pool.connect();
      meanwhile(async () => {
        await counting.query("begin");
        const key = `steps:${tenant.tenantId}`;
        await counting.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [key]);
      });
      await drive(executionId).finally(() => counting.query("rollback").then(() => counting.release()));
      const { run, nodes } = await asked(executionId);
      expect([run.status, nodes]).toEqual(["completed", ["first", "second"]]);
    },
  );

  it("is seen to be outdated when the tenant has no more room: of two nodes that follow one, the second waits for it", async () => {
    const executionId = await startFork("fork");
    const crowd = await startTwo("crowd of the fork");
    const answer = chat({ content: "All is well." });
    let third: unknown = "not looked at";
    provider.play(
      (response, request) => fill(crowd).then(() => answer(response, request)),
      async (response, request) => {
        third = (await asked(executionId)).step("third");
        await answer(response, request);
      },
      answer,
    );
    await drive(executionId);
    const { run, nodes } = await asked(executionId);
    expect([run.status, nodes, third]).toEqual(["completed", ["first", "second", "third"], undefined]);
  });

  async function heldFor(stepId = ""): Promise<string | undefined> {
    const [row] = await anywhere((tx) =>
      tx.select({ amount: creditHolds.amount }).from(creditHolds).where(eq(creditHolds.stepId, stepId)),
    );
    return row?.amount;
  }

  /** Leaves room for one step. */
  function fill(crowd: string): Promise<unknown> {
    const held = Array.from({ length: STEPS_AT_ONCE_PER_TENANT - 1 }, (_, at) =>
      heldStep(crowd, `other${at}`),
    );
    return anywhere((tx) => tx.insert(executionSteps).values(held));
  }

  function heldStep(executionId: string, nodeId: string) {
    return {
      tenantId: tenant.tenantId,
      executionId,
      nodeId,
      kind: "llm",
      name: nodeId,
      status: "running",
      attempt: 1,
      workerId: thisWorker().id,
      leaseUntil: sql`now() + interval '1 minute'`,
      startedAt: sql`now()`,
    };
  }
});
