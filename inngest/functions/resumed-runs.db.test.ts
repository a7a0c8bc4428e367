import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import { modelCalls } from "@/db/schema/model-calls";
import type { TenantScope } from "@/db/scope";
import { resumeRun } from "@/lib/runs/commands/resume";
import { previewResume } from "@/lib/runs/resume-preview";
import { publishGraph, TEST_MODEL } from "@/lib/runs/testing";
import { makeTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { around, childrenOf, ended, map, start, withRunningEngine } from "./testing";

withRunningEngine();

describe("a resumed run", () => {
  /** Reaches outside before it decides, so that there is something that must not be done twice. */
  const body = [
    testNode("think", "llm", { modelKey: TEST_MODEL, system: "", prompt: "{{ item }}", outputFields: [] }),
    testNode("shout", "transform", {
      fields: [
        {
          key: "text",
          mode: "expression",
          value: 'input.text.contains("bad") && index == 1 ? string(int("x")) : item + "!"',
        },
      ],
    }),
  ];
  const callsOf = (scope: TenantScope) =>
    asWorker(scope, (tx) => tx.select().from(modelCalls).where(eq(modelCalls.tenantId, scope.tenantId)));

  it("takes over the finished items of a map and what the failed one had done, unbilled", async () => {
    const { admin, job } = await makeTenant();
    const graph = around(map({ maxParallel: 1 }), "each.items", body);
    const executionId = await start(admin, "Map", graph, "a,bad,c");
    const failed = await ended(job, executionId);
    expect(failed.run).toMatchObject({ status: "failed", errorNodeId: "each" });
    expect(await callsOf(job)).toHaveLength(2);
    const preview = await previewResume(admin, { executionId, on: "same" });
    expect(BigInt(preview.savedMicros)).toBeGreaterThan(0n);
    const again = await resumeRun(admin, { executionId, on: "same" });
    const resumed = await ended(job, again.executionId);
    expect(resumed.run).toMatchObject({ status: "failed", errorNodeId: "each" });
    // The second item's model had answered; the transform after it fails again.
    expect(await callsOf(job)).toHaveLength(2);
    const parts = await childrenOf(job, again.executionId);
    expect(parts.map((part) => [part.itemIndex, part.status, part.mode])).toEqual([
      [0, "completed", "resume"],
      [1, "failed", "resume"],
    ]);
    const billed = await asWorker(job, (tx) =>
      tx
        .select({ key: ledgerEntries.idempotencyKey })
        .from(ledgerEntries)
        .innerJoin(executions, eq(executions.id, ledgerEntries.executionId))
        .where(eq(executions.rootExecutionId, again.executionId)),
    );
    expect(billed).toEqual([]);
  });

  it("goes on with the round and the called run that failed", async () => {
    const { admin, job } = await makeTenant();
    const flaky = testNode("flaky", "transform", {
      fields: [{ key: "n", mode: "expression", value: 'last >= 2.0 ? double(int("x")) : last + 1.0' }],
    });
    const again = testNode("again", "loop", {
      maxRounds: 5,
      until: "last >= 4.0",
      initialMode: "expression",
      initial: "0",
      mode: "expression",
      value: "flaky.n",
    });
    const workflowId = await publishGraph(admin, "Inner", around(again, "again.last", [flaky]));
    const call = testNode("call", "workflow", {
      workflowId,
      versionId: "",
      inputs: [{ key: "text", mode: "template", value: "x" }],
    });
    const executionId = await start(admin, "Outer", around(call, "call.result"));
    expect((await ended(job, executionId)).run).toMatchObject({ status: "failed", errorNodeId: "call" });
    const resumed = await resumeRun(admin, { executionId, on: "same" });
    const { run } = await ended(job, resumed.executionId);
    expect(run).toMatchObject({ status: "failed", errorNodeId: "call" });
    const [inner] = await childrenOf(job, resumed.executionId);
    const rounds = await childrenOf(job, inner?.id ?? "");
    expect(rounds.map((round) => [round.itemIndex, round.status, round.sourceExecutionId !== null])).toEqual([
      [0, "completed", true],
      [1, "completed", true],
      [2, "failed", true],
    ]);
  });
});
