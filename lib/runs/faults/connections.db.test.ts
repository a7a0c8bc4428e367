import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { enginePort } from "@/db/engine-port";
import { database } from "@/db/pool";
import { readPreparation } from "@/db/preparation";
import { until } from "@/inngest/engine/testing";
import { problemResponse } from "@/lib/api/problem";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { startRun } from "../commands/start";
import { executeNode } from "../execute-node";
import { backendOf, terminate } from "./testing/backends";
import { brokenInvariants } from "./testing/invariants";
import { proxiedScene, UNAVAILABLE } from "./testing/proxied-scene";
import { begin } from "./testing/scene";

withTestDatabase();

// PGlite has no connections to lose.
describe.runIf(testServerUrl())("connections to the database", () => {
  const scene = proxiedScene();
  const countRuns = async (key: string) =>
    (await scene.direct.pool.query("select id from executions where idempotency_key = $1", [key])).rows;

  it("ends idle connections: nobody notices", async () => {
    const pids = await Promise.all(
      Array.from({ length: 4 }, () =>
        asTenant(scene.tenant.admin, async (tx) => {
          const pid = await backendOf(tx);
          await tx.execute(sql`select pg_sleep(0.1)`);
          return pid;
        }),
      ),
    );
    expect(new Set(pids).size).toBeGreaterThan(1);
    for (const pid of new Set(pids)) await terminate(scene.direct, pid);
    await until("the connections to be gone", () => scene.proxy.count === 0);
    const executionId = await begin(scene.tenant, scene.workflowId, "idle");
    await scene.complete(executionId);
    expect(await brokenInvariants(scene.evidence(executionId))).toEqual([]);
  });

  it("loses the answer to a commit: asking again with the key finds the run that was written", async () => {
    const request = {
      workflowId: scene.workflowId,
      useDraft: false,
      input: { text: "unknown" },
      idempotencyKey: "unknown",
    };
    const lost = scene.proxy.loseAnswerTo("commit", "audit_log");
    await expect(startRun(scene.tenant.admin, request)).rejects.toMatchObject(UNAVAILABLE);
    await lost;
    const written = await until("the commit to be done", async () => (await countRuns("unknown"))[0]);
    const again = await startRun(scene.tenant.admin, request);
    expect(again).toMatchObject({ executionId: written.id, isNew: false });
    expect(await countRuns("unknown")).toHaveLength(1);

    // The same for the end of a step: it is done and billed once, and asking again answers what it gave.
    await executeNode(scene.tenant.job, { executionId: written.id, nodeId: "input" });
    const lostEnd = scene.proxy.loseAnswerTo("commit", 'update "model_calls"');
    const asked = { executionId: written.id, nodeId: "ask" };
    expect(await executeNode(scene.tenant.job, asked)).toMatchObject({ status: "retry", afterMs: 0 });
    await lostEnd;
    await scene.complete(written.id);
    expect(scene.requests.filter(({ key }) => key.startsWith("@unknown/"))).toHaveLength(1);
    expect(await brokenInvariants(scene.evidence(written.id))).toEqual([]);
  });

  it("restarts: callers are told so meanwhile, and everything works within ten seconds, notifications too", async () => {
    const port = await enginePort();
    const told: string[] = [];
    const stop = await port.listen("fault_test", {
      heard: (payload) => void told.push(payload),
      began: () => void told.push("listening"),
    });
    const executionId = await begin(scene.tenant, scene.workflowId, "restart");
    scene.proxy.accept(false);
    scene.proxy.cutAll();
    const refusal = await begin(scene.tenant, scene.workflowId, "meanwhile").catch((error: unknown) => error);
    expect(refusal).toMatchObject(UNAVAILABLE);
    const response = problemResponse(refusal, "r");
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
    scene.proxy.accept(true);
    await until(
      "the database to answer",
      () =>
        readPreparation()
          .then(() => true)
          .catch(() => false),
      10_000,
    );
    await scene.complete(executionId);
    await until("the process to listen anew", () => told.length === 2, 10_000);
    await scene.direct.pool.query("select pg_notify('fault_test', 'back')");
    await until("a notification", () => told.length === 3, 10_000);
    expect(told).toEqual(["listening", "listening", "back"]);
    await stop();
    expect(await brokenInvariants(scene.evidence(executionId))).toEqual([]);
  });

  it("freezes: callers give up, and the frozen connections are not used again", async () => {
    await scene.reopen({ queryTimeoutMs: 1_000 });
    const executionId = await begin(scene.tenant, scene.workflowId, "frozen");
    scene.proxy.answers("hold");
    const refused = await Promise.allSettled(
      Array.from({ length: 5 }, () => executeNode(scene.tenant.job, { executionId, nodeId: "input" })),
    );
    expect(refused.map((result) => result.status === "rejected" && result.reason.reason)).toEqual(
      Array(5).fill("database_unavailable"),
    );
    scene.proxy.answers("pass");
    await scene.complete(executionId);
    expect(await brokenInvariants(scene.evidence(executionId))).toEqual([]);
  });

  it("has two connections for fifty slow transactions: they take turns, and nobody waits for ever", async () => {
    await scene.reopen({ max: 2 });
    const slow = (seconds: number) =>
      asTenant(scene.tenant.admin, (tx) => tx.execute(sql`select pg_sleep(${seconds}::float8)`));
    const turns = await Promise.allSettled(Array.from({ length: 50 }, () => slow(0.02)));
    expect(turns.every(({ status }) => status === "fulfilled")).toBe(true);
    const holders = [slow(7), slow(7)];
    await until("both connections to be taken", async () => (await database()).pool.idleCount === 0);
    const waiting = await Promise.allSettled(Array.from({ length: 50 }, () => slow(0)));
    expect(
      waiting.every((result) => result.status === "rejected" && result.reason.reason === UNAVAILABLE.reason),
    ).toBe(true);
    await Promise.all(holders);
    const executionId = await begin(scene.tenant, scene.workflowId, "pool");
    await scene.complete(executionId);
    expect(await brokenInvariants(scene.evidence(executionId))).toEqual([]);
  });
});
