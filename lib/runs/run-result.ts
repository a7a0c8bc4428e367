import { and, asc, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import type { Statement } from "@/db/statements";
import { AppError } from "@/lib/errors";
import { parseConfig } from "@/lib/workflows/nodes";
import { cleanOutput } from "./clean";
import type { RunEnd } from "./end-run";
import { valuesAfterBody } from "./node-values";
import { computeValue } from "./nodes/values";
import { wholeGraphOf } from "./pins";
import { type GivenRun, isGivenRun, isStepOfGivenRun, type RunFacts, stepsOf } from "./store";

/** What ended at the same moment is in the order in which it was begun: that of the graph. */
const IN_ORDER_OF_END = [asc(executionSteps.completedAt), asc(executionSteps.id)] as const;

/** How a run ended at the step that failed first; null when none did. */
export async function firstFailure(tx: Tx, scope: TenantScope, executionId: string): Promise<RunEnd | null> {
  const [step] = await tx
    .select({
      nodeId: executionSteps.nodeId,
      name: executionSteps.name,
      code: executionSteps.errorCode,
      message: executionSteps.errorMessage,
    })
    .from(executionSteps)
    .where(and(stepsOf(scope, executionId), eq(executionSteps.status, "failed")))
    .orderBy(...IN_ORDER_OF_END)
    .limit(1);
  if (!step) return null;
  const said = step.message ?? "It failed.";
  const message = said.includes(`“${step.name}”`) ? said : `“${step.name}”: ${said}`;
  return { status: "failed", code: step.code ?? "internal", message, nodeId: step.nodeId };
}

/** What a node gave that may be a run's result. */
export type GivenOutput = { readonly output: unknown };

/** The statement that reads what the output nodes of a run gave, or its agent, in the order in which they ended. */
export function outputStatement(
  tx: Tx,
  { tenantId }: TenantScope,
  executionId: string,
): Statement<GivenOutput[]> {
  return readOutputs(tx, { tenantId, executionId });
}

const readOutputs = madeOnce<GivenRun, GivenOutput[]>((tx) => {
  const kind = sql`(select case when ${executions.workflowVersionId} is null then 'agent' else 'output' end
    from ${executions} where ${isGivenRun})`;
  const ends = and(eq(executionSteps.kind, kind), eq(executionSteps.status, "completed"));
  return tx
    .select({ output: executionSteps.output })
    .from(executionSteps)
    .where(and(isStepOfGivenRun, ends))
    .orderBy(...IN_ORDER_OF_END);
});

/**
 * How a run ends whose nodes are all done: with the fields of every output node that ran, with what the agent gave, or,
 * for a container's body, with the value of its item or round. A value that cannot be computed fails the run.
 */
export async function resultOf(
  tx: Tx,
  scope: TenantScope,
  run: RunFacts,
  outputs: readonly GivenOutput[],
): Promise<RunEnd> {
  if (run.bodyNodeId !== null) return bodyEnd(tx, scope, run, run.bodyNodeId);
  return { status: "completed", result: Object.assign({}, ...outputs.map(({ output }) => output)) };
}

async function bodyEnd(tx: Tx, scope: TenantScope, run: RunFacts, containerId: string): Promise<RunEnd> {
  const graph = await wholeGraphOf(tx, scope, run);
  const container = graph.nodes.find((node) => node.id === containerId);
  if (container?.kind !== "map" && container?.kind !== "loop")
    throw new AppError("internal", "The container of this run is gone.");
  const { mode, value } = parseConfig(container.kind, container.config);
  const values = await valuesAfterBody(tx, scope, run, container, { type: mode, value });
  try {
    const result = { value: computeValue(values, { key: "Result", mode, value }) };
    return { status: "completed", result: cleanOutput(result, container.name) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      status: "failed",
      code: error.reason ?? error.code,
      message: error.message,
      nodeId: containerId,
    };
  }
}
