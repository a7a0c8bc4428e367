import { describe, expect, it } from "vitest";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { driveRun } from "./drive";
import { brokenInvariants } from "./faults/testing/invariants";
import { proxiedScene } from "./faults/testing/proxied-scene";
import { askNode, begin, publishChain } from "./faults/testing/scene";
import { readRun } from "./testing";

withTestDatabase();

// PGlite has no connections to lose.
describe.runIf(testServerUrl())("a claim whose commit nobody was told of", () => {
  const scene = proxiedScene();

  it("is begun at once by the drive that made it, and nothing is asked twice", async () => {
    const { tenant, proxy } = scene;
    const workflowId = await publishChain(tenant, [askNode("ask", "stub"), askNode("then", "stub")]);
    const executionId = await begin(tenant, workflowId, "untold");
    // Of the transaction that ends the first step.
    const lost = proxy.loseAnswerTo("commit", 'update "model_calls"');
    expect(await driveRun(tenant.job, executionId, { budgetMs: 60_000 })).toEqual({ againMs: null });
    await lost;
    const { run, steps, calls } = await readRun(tenant.job, executionId);
    expect(run.status).toBe("completed");
    expect(steps.map(({ attempt }) => attempt)).toEqual(steps.map(() => 1));
    expect(calls.map(({ status }) => status)).toEqual(["settled", "settled"]);
    const asked = scene.requests.filter(({ key }) => key.startsWith("@untold/")).map(({ key }) => key);
    expect([asked.length, new Set(asked).size]).toEqual([2, 2]);
    expect(await brokenInvariants(scene.evidence(executionId))).toEqual([]);
  });
});
