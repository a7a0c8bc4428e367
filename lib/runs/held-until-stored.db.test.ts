import { afterEach, describe, expect, it, vi } from "vitest";
import { database } from "@/db/pool";
import { until } from "@/inngest/engine/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { driveRun } from "./drive";
import { executeNode } from "./execute-node";
import { proxiedScene, UNAVAILABLE } from "./faults/testing/proxied-scene";
import { begin } from "./faults/testing/scene";
import { LEASE_MS } from "./steps";
import { readRun } from "./testing";
import { type Faults, setFaults } from "./worker";

withTestDatabase();
afterEach(() => {
  setFaults(undefined);
  vi.useRealTimers();
});

// PGlite has one connection, and none to lose.
describe.runIf(testServerUrl())("what an effect gave", () => {
  const scene = proxiedScene();

  /**
   * Drives a run, and does this once the model has answered and before that is stored. `isLeft`: whether its step is looked
   * after no more.
   */
  async function drivenTo(text: string, answered: () => Promise<void>) {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    const executionId = await begin(scene.tenant, scene.workflowId, text);
    const isAnswered = Promise.withResolvers<void>();
    setFaults({
      at: async (point, nodeId) => {
        if (point !== "after_effect" || nodeId !== "ask") return;
        await answered();
        isAnswered.resolve();
      },
    });
    const driven = driveRun(scene.tenant.job, executionId, { budgetMs: 60_000 });
    driven.catch(() => undefined);
    await isAnswered.promise;
    const watching = vi.getTimerCount();
    const isLeft = () => vi.getTimerCount() === watching - 1;
    return { executionId, driven, isLeft };
  }

  async function lease(executionId: string): Promise<number> {
    const { rows } = await scene.direct.pool.query(
      "select lease_until from execution_steps where execution_id = $1 and node_id = 'ask'",
      [executionId],
    );
    return rows[0]?.lease_until?.getTime() ?? 0;
  }

  it("keeps its step, however long it takes to store it, so that no model is asked twice", async () => {
    const { pool } = await database();
    let free = () => {};
    const { executionId, driven, isLeft } = await drivenTo("slow", async () => {
      const taken = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
      free = () => {
        for (const client of taken) client.release();
      };
    });
    try {
      await until("it to wait for a connection", () => pool.waitingCount > 0);
      const before = await lease(executionId);
      vi.advanceTimersByTime(LEASE_MS / 2);
      await until("its lease to be prolonged", async () => (await lease(executionId)) > before, 10_000);
    } finally {
      free();
    }
    await driven;
    const { run, steps } = await readRun(scene.tenant.job, executionId);
    expect(run.status).toBe("completed");
    expect(steps.map(({ attempt }) => attempt)).toEqual(steps.map(() => 1));
    expect(scene.requests.filter(({ key }) => key.startsWith("@slow/"))).toHaveLength(1);
    expect(isLeft()).toBe(true);
  });

  it("is stored once the database is back, also of a step that is executed on its own", async () => {
    const { tenant, proxy } = scene;
    const executionId = await begin(tenant, scene.workflowId, "cut");
    await executeNode(tenant.job, { executionId, nodeId: "input" });
    const before = proxy.refused;
    const cut = () => {
      proxy.accept(false);
      proxy.cutAll();
    };
    const faults: Faults = { at: (point) => (point === "after_effect" ? cut() : undefined) };
    const executed = executeNode(tenant.job, { executionId, nodeId: "ask" }, { faults });
    executed.catch(() => undefined);
    await until("it to be refused", () => proxy.refused > before);
    proxy.accept(true);
    expect(await executed).toMatchObject({ status: "completed" });
    await scene.complete(executionId);
    expect(scene.requests.filter(({ key }) => key.startsWith("@cut/"))).toHaveLength(1);
  });

  it("keeps its step no longer once it is given up, so that another may take it over", async () => {
    const { driven, isLeft } = await drivenTo("lost", async () => {
      scene.proxy.accept(false);
      scene.proxy.cutAll();
    });
    await expect(driven).rejects.toMatchObject(UNAVAILABLE);
    expect(isLeft()).toBe(true);
  });
});
