import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, vi } from "vitest";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { startRun } from "@/lib/runs/commands/start";
import { isFinished } from "@/lib/runs/input";
import { publishGraph, readRun, seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import type { GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";

export const PATIENCE_MS = 90_000;

/** For the tests of a file: a database with prices, and the engine at work on it. */
export function withRunningEngine(): void {
  withTestDatabase();
  vi.setConfig({ testTimeout: 2 * PATIENCE_MS });
  beforeAll(async () => {
    await startEmbedded(handler);
    await seedRunPrices();
  });
  afterAll(() => embedded().engine.stop(2_000));
}

/** The status of a run; null where there is none. */
export async function statusOf(scope: TenantScope, executionId: string): Promise<string | null> {
  const [run] = await asWorker(scope, (tx) =>
    tx.select({ status: executions.status }).from(executions).where(eq(executions.id, executionId)),
  );
  return run?.status ?? null;
}

/** Waits until the run has this status, and gives it. */
export async function reaches(scope: TenantScope, executionId: string, status: string) {
  await until(
    `the run to be ${status}`,
    async () => (await statusOf(scope, executionId)) === status,
    PATIENCE_MS,
  );
  return readRun(scope, executionId);
}

/** Waits until the run has ended, and gives it; one small question at a time: the engine works on the same connection. */
export async function ended(scope: TenantScope, executionId: string) {
  await until("the run to end", async () => isFinished(await statusOf(scope, executionId)), PATIENCE_MS);
  return readRun(scope, executionId);
}

/** The runs below a run, in the order of their items. */
export function childrenOf(scope: TenantScope, executionId: string) {
  return asWorker(scope, (tx) =>
    tx
      .select()
      .from(executions)
      .where(eq(executions.parentExecutionId, executionId))
      .orderBy(asc(executions.itemIndex)),
  );
}

/** The node as part of the body of `parent`. */
export const inside = (parent: string, node: GraphNode): GraphNode => ({ ...node, parent });

/** Input (a text) → the node → output of one expression; `body` nodes follow each other inside the node. */
export function around(node: GraphNode, result: string, body: readonly GraphNode[] = []) {
  const output = testNode("output", "output", {
    fields: [{ key: "result", mode: "expression", value: result }],
  });
  const bodyEdges = body.slice(1).map((next, index) => testEdge(body[index]?.id ?? "", next.id));
  return testGraph(
    [testNode("input", "input"), node, ...body.map((one) => inside(node.id, one)), output],
    [testEdge("input", node.id), testEdge(node.id, "output"), ...bodyEdges],
  );
}

/** Publishes the graph, starts a run of it, and gives the run. */
export async function start(
  scope: TenantScope,
  name: string,
  graph: ReturnType<typeof testGraph>,
  text = "x",
) {
  const workflowId = await publishGraph(scope, name, graph);
  return (await startRun(scope, { workflowId, useDraft: false, input: { text } })).executionId;
}

/** A map over the words of the input, parted by commas. */
export const map = (config: Record<string, string | number>) =>
  testNode("each", "map", {
    items: 'input.text.split(",")',
    maxParallel: 2,
    maxItems: 100,
    onItemError: "fail",
    mode: "expression",
    value: "shout.text",
    ...config,
  });

/** Fails for the item "bad". */
export const SHOUT = testNode("shout", "transform", {
  fields: [{ key: "text", mode: "expression", value: 'item == "bad" ? string(int(item)) : item + "!"' }],
});
