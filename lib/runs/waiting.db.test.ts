import { and, eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { prepaidTenant } from "@/lib/wallet/testing";
import type { Graph } from "@/lib/workflows/graph";
import { testNode } from "@/lib/workflows/graph-testing";
import { start } from "./commands/testing";
import { driveTree, inside, line, mapNode, treeOf } from "./nested-testing";
import { DOLLAR, giveMoney } from "./paid-testing";
import { listRuns } from "./queries";
import { publishGraph, seedRunPrices } from "./testing";
import { wakePaid } from "./wake-paid";

withTestDatabase();

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await prepaidTenant();
});

const rest = (id: string, amount: number) =>
  testNode(id, "wait", { mode: "for", amount, unit: "hours", until: "" });
const ask = testNode("ask", "approval", {
  title: "Go?",
  message: "",
  fields: [],
  who: "anyone",
  userIds: [],
});
const beside = (...ids: readonly string[]) => ids.map((id) => ["input", id] as [string, string]);

async function begin(graph: Graph): Promise<string> {
  const executionId = await start(tenant, await publishGraph(tenant.admin, "Waits", graph));
  expect(await driveTree(tenant, executionId)).toBe("waiting");
  return executionId;
}

async function listed() {
  const { items } = await listRuns(tenant.member);
  expect(items).toHaveLength(1);
  return items[0];
}

/** When the waits of a run and its parts end, the earliest first. */
async function wakeTimes(executionId: string): Promise<(Date | null)[]> {
  const ids = (await treeOf(tenant, executionId)).map(({ id }) => id);
  const steps = await asWorker(tenant.job, (tx) =>
    tx
      .select({ of: executionSteps.executionId, wakeAt: executionSteps.wakeAt })
      .from(executionSteps)
      .where(and(eq(executionSteps.kind, "wait"), eq(executionSteps.status, "waiting")))
      .orderBy(executionSteps.wakeAt),
  );
  return steps.filter(({ of }) => ids.includes(of)).map(({ wakeAt }) => wakeAt);
}

describe("the list of runs says of one that waits", () => {
  it("when it goes on by itself: of several times the first", async () => {
    await giveMoney(tenant, DOLLAR);
    const graph = line([], { more: [rest("long", 5), rest("short", 1)], edges: beside("long", "short") });
    const [first] = await wakeTimes(await begin(graph));
    expect(await listed()).toMatchObject({ waiting: { until: first }, asking: null });
  });

  it("that it waits for credit, then when the items of its list go on", async () => {
    await giveMoney(tenant, 300n);
    const graph = line([mapNode("each", "[1, 2, 3]", { maxParallel: 3 })], {
      more: inside("each", rest("rest", 2)),
    });
    const executionId = await begin(graph);
    expect(await listed()).toMatchObject({ waiting: { money: "credit" } });
    await giveMoney(tenant, DOLLAR);
    await wakePaid(tenant.job);
    await driveTree(tenant, executionId);
    const times = await wakeTimes(executionId);
    expect(times).toHaveLength(3);
    expect((await listed())?.waiting).toEqual({ until: times[0] });
  });

  it("nothing of a wait that is paid for and about to begin", async () => {
    await giveMoney(tenant, 100n);
    await begin(line([rest("rest", 1)]));
    expect(await listed()).toMatchObject({ waiting: { money: "credit" } });
    await asWorker(tenant.job, (tx) => tx.update(executionSteps).set({ waitReason: null, needed: null }));
    expect(await listed()).toMatchObject({ waiting: null });
  });

  it("that it waits for room under a cap", async () => {
    await giveMoney(tenant, DOLLAR);
    await setCap(tenant.admin, setCapInput.parse({ scope: "run", period: "run", amount: "0.0001" }));
    await begin(line([rest("rest", 1)]));
    expect(await listed()).toMatchObject({ waiting: { money: "cap" } });
  });

  it("only the question, when it waits for nothing but an answer", async () => {
    await giveMoney(tenant, DOLLAR);
    await begin(line([], { more: [ask], edges: beside("ask") }));
    expect(await listed()).toMatchObject({ waiting: null, asking: { count: 1, title: "Go?" } });
  });

  it("nothing while something else of it is worked on", async () => {
    await giveMoney(tenant, DOLLAR);
    const graph = line([], { more: [rest("one", 1), rest("two", 1)], edges: beside("one", "two") });
    const executionId = await begin(graph);
    const at = and(eq(executionSteps.executionId, executionId), eq(executionSteps.nodeId, "two"));
    await asWorker(tenant.job, (tx) =>
      tx.update(executionSteps).set({ status: "running", workerId: "somebody" }).where(at),
    );
    expect(await listed()).toMatchObject({ waiting: null });
  });
});
