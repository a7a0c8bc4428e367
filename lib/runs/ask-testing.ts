import { eq } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { stepAttempts } from "@/db/schema/run-control";
import { newId } from "@/lib/ids";
import type { TestTenant } from "@/lib/testing/scopes";
import { startRun } from "./commands/start";
import { executeNode } from "./execute-node";
import { chain, llmNode, publishGraph, readRun } from "./testing";
import type { FaultPoint, Faults, Worker } from "./worker";

/** Runs whose one node `ask` asks a model, and those who execute it. @param scene whose runs, and which model */
export function asking(scene: () => { readonly tenant: TestTenant; readonly model: string }) {
  /** A workflow that asks a model, whose input node has run. */
  async function started(): Promise<string> {
    const { tenant, model } = scene();
    const workflowId = await publishGraph(
      tenant.admin,
      "Ask",
      chain([llmNode("ask", model)], "{{ ask.text }}"),
    );
    const { executionId } = await startRun(tenant.admin, {
      workflowId,
      useDraft: false,
      input: { text: "Hi" },
    });
    await executeNode(tenant.job, { executionId, nodeId: "input" });
    return executionId;
  }

  const ask = (executionId: string, options: { worker?: Worker; faults?: Faults } = {}) =>
    executeNode(scene().tenant.job, { executionId, nodeId: "ask" }, options);

  /** A worker that has stopped at a point, until it is released. */
  async function stopped(executionId: string, point: FaultPoint) {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: paused, resolve: pause } = Promise.withResolvers<void>();
    const faults: Faults = {
      at: (here) => {
        if (here !== point) return undefined;
        pause();
        return released;
      },
    };
    const zombie = ask(executionId, { worker: { id: newId(), isAlone: true }, faults });
    await paused;
    return { zombie, release };
  }

  /** The same while another takes over its step and ends it. */
  async function overtaken(executionId: string, point: FaultPoint) {
    const late = await stopped(executionId, point);
    await ask(executionId, { worker: { id: newId(), isAlone: true } });
    return late;
  }

  async function tokenCosts(executionId: string): Promise<string[]> {
    const { ledger } = await readRun(scene().tenant.job, executionId);
    return ledger.filter((row) => row.modelKey === scene().model).map((row) => row.tenantCost);
  }

  function attemptsOf(executionId: string) {
    return asWorker(scene().tenant.job, (tx) =>
      tx
        .select()
        .from(stepAttempts)
        .innerJoin(executionSteps, eq(executionSteps.id, stepAttempts.stepId))
        .where(eq(executionSteps.executionId, executionId))
        .then((rows) => rows.map((row) => row.step_attempts)),
    );
  }

  return { started, ask, stopped, overtaken, tokenCosts, attemptsOf };
}
