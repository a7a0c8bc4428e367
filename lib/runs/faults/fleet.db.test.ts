import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { database } from "@/db/pool";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import type { Graph } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { STEPS_AT_ONCE_PER_TENANT } from "../slots";
import { outputNode, publishGraph, transformNode } from "../testing";
import { askNode, begin, seedFaultModel, settledInvariants } from "./testing/scene";
import { startWorker, type WorkerProcess } from "./testing/worker-process";

withTestDatabase();
vi.setConfig({ testTimeout: 600_000 });

const TENANTS = 4;
const RUNS = 5;
const BESIDE = 30;
const NODES = 500;

/** 500 nodes: 30 that ask the provider beside each other, joined, then a long row that computes. */
function wide(model: string): Graph {
  const asks = Array.from({ length: BESIDE }, (_, index) => askNode(`ask${index}`, model, "[[ok 20]]"));
  const row = Array.from({ length: NODES - BESIDE - 3 }, (_, index) =>
    transformNode(`t${index}`, { text: "x" }),
  );
  const rest = [testNode("join", "merge"), ...row, outputNode("output", { result: "done" })];
  return testGraph(
    [testNode("input", "input"), ...asks, ...rest],
    [
      ...asks.flatMap(({ id }) => [testEdge("input", id), testEdge(id, "join")]),
      ...rest.slice(1).map((node, index) => testEdge(rest[index]?.id ?? "", node.id)),
    ],
  );
}

describe.runIf(testServerUrl())("two workers on one database", () => {
  let provider: Provider;
  let workers: WorkerProcess[] = [];

  beforeAll(async () => {
    provider = await startProvider();
    const databaseUrl = (await database()).connectionString ?? "";
    // A lease that no busy machine lets run out: a step that is taken over would be one too many.
    workers = await Promise.all(
      [1, 2].map(() => startWorker({ databaseUrl, allow: provider.host, leaseMs: 60_000 })),
    );
    await Promise.all(workers.map(({ ready }) => ready));
  });
  afterAll(async () => {
    for (const worker of workers) worker.signal("SIGKILL");
    await provider.close();
  });

  it("run 10,000 steps: none twice, no tenant beyond its limit, and every tenant from the start", async () => {
    const graph = wide(await seedFaultModel(provider));
    const tenants = await Promise.all(Array.from({ length: TENANTS }, () => makeTenant()));
    const ids = await Promise.all(
      tenants.map(async (tenant, index) => {
        const workflowId = await publishGraph(tenant.admin, "Wide", graph);
        const begun: string[] = [];
        // One after the other: this process has not the connections to begin all of them at once.
        for (let run = 0; run < RUNS; run += 1)
          begun.push(await begin(tenant, workflowId, `t${index}-${run}`));
        return begun;
      }),
    );
    const evidence = { acknowledged: ids.flat(), requests: provider.requests };
    expect(await settledInvariants(evidence, 500_000)).toEqual([]);
    const { pool } = await database();
    const { rows } = await pool.query(
      `select count(*)::int as steps, max(attempt) as attempts, count(distinct worker_id)::int as workers,
         bool_and(status = 'completed') as all from execution_steps`,
    );
    expect(rows).toEqual([{ steps: TENANTS * RUNS * NODES, attempts: 1, workers: 2, all: true }]);

    const { requests, journal } = provider;
    expect(new Set(requests.map(({ key }) => key)).size).toBe(TENANTS * RUNS * BESIDE);
    expect(requests).toHaveLength(TENANTS * RUNS * BESIDE);
    const ofTenant = (index: number) => (request: { key: string }) => request.key.startsWith(`@t${index}-`);
    const most = tenants.map((_, index) => journal.mostAtOnce(ofTenant(index)));
    expect(Math.max(...most)).toBeLessThanOrEqual(STEPS_AT_ONCE_PER_TENANT);
    // Fair: each tenant has been asked for before any has had its share.
    const firsts = tenants.map((_, index) => requests.findIndex(ofTenant(index)));
    expect(Math.max(...firsts)).toBeLessThan(RUNS * BESIDE);
  });
});
