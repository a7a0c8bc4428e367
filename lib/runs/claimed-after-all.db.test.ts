import { afterAll, describe, expect, it } from "vitest";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { driveRun } from "./drive";
import { executeNode } from "./execute-node";
import { brokenInvariants } from "./faults/testing/invariants";
import { proxiedScene, UNAVAILABLE } from "./faults/testing/proxied-scene";
import { askNode, begin, publishChain, untilEnded } from "./faults/testing/scene";
import { readRun } from "./testing";

withTestDatabase();

// PGlite has no connections to lose.
describe.runIf(testServerUrl())("a claim whose commit nobody was told of", () => {
  const scene = proxiedScene();
  afterAll(() => embedded().engine.stop(2_000));

  const publish = () => publishChain(scene.tenant, [askNode("ask", "stub"), askNode("then", "stub")]);

  async function expectOnce(executionId: string, text: string): Promise<void> {
    const { run, steps, calls } = await readRun(scene.tenant.job, executionId);
    expect(run.status).toBe("completed");
    expect(steps.map(({ attempt }) => attempt)).toEqual(steps.map(() => 1));
    expect(calls.map(({ status }) => status)).toEqual(["settled", "settled"]);
    const asked = scene.requests.filter(({ key }) => key.startsWith(`@${text}/`)).map(({ key }) => key);
    expect([asked.length, new Set(asked).size]).toEqual([2, 2]);
    expect(await brokenInvariants(scene.evidence(executionId))).toEqual([]);
  }

  it.each([
    ["the first turn", "first", 'from "execution_steps"'],
    ["a turn that ends a step", "next", 'update "model_calls"'],
  ])(
    "in %s is begun at once by the drive that made it, and nothing is asked twice",
    async (_, text, sent) => {
      const { tenant, proxy } = scene;
      const executionId = await begin(tenant, await publish(), text);
      const lost = proxy.loseAnswerTo("commit", sent);
      expect(await driveRun(tenant.job, executionId, { budgetMs: 60_000 })).toEqual({ againMs: null });
      await lost;
      await expectOnce(executionId, text);
    },
  );

  it("of a step that is begun on its own is begun at once, too", async () => {
    const { tenant, proxy } = scene;
    const executionId = await begin(tenant, await publish(), "alone");
    await executeNode(tenant.job, { executionId, nodeId: "input" });
    // A new connection is told the statements in full.
    await scene.reopen({});
    const lost = proxy.loseAnswerTo("commit", 'into "execution_steps"');
    const done = await executeNode(tenant.job, { executionId, nodeId: "ask" });
    expect(done).toMatchObject({ status: "completed" });
    await lost;
    await driveRun(tenant.job, executionId, { budgetMs: 60_000 });
    await expectOnce(executionId, "alone");
  });

  it("in the start of a run is begun at once by the process that wrote it", async () => {
    const { tenant, proxy, direct } = scene;
    const workflowId = await publish();
    await startEmbedded(handler);
    const lost = proxy.loseAnswerTo("commit", 'into "executions"');
    await expect(begin(tenant, workflowId, "start")).rejects.toMatchObject(UNAVAILABLE);
    await lost;
    const [run] = await until("the commit to be done", async () => {
      const { rows } = await direct.pool.query("select id from executions where workflow_id = $1", [
        workflowId,
      ]);
      return rows.length > 0 ? rows : null;
    });
    expect(await untilEnded(run.id)).toBe("completed");
    await expectOnce(run.id, "start");
  });
});
