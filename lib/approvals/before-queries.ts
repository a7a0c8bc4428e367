import "server-only";
import { and, asc, eq, inArray } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import type { Citation } from "@/lib/agents/prompt";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { graphOf } from "@/lib/runs/pins";
import { citationsOf } from "@/lib/runs/step-queries";
import { stepsOf } from "@/lib/runs/store";
import { findInputNode, type Graph } from "@/lib/workflows/graph";
import { rowsOf, textOf } from "@/lib/workflows/kind";
import { approvalIs, approvalNotFound, executionOf } from "./store";

export type CameBefore = {
  executionId: string;
  /** What the run, or the item or round, was given. */
  given: unknown;
  /** What the fields of it are called, by their keys. */
  labels: Readonly<Record<string, string>>;
  /** What led to the question, in the order in which it ended. */
  steps: readonly { id: string; name: string; output: unknown; citations: readonly Citation[] }[];
};

/** Kinds that only say where it goes on: what was there to decide about is before them. */
const PASSED: ReadonlySet<string> = new Set(["condition", "switch", "classify", "merge", "wait"]);

/** What a question is about where it says nothing itself. @throws AppError `not_found` */
export async function whatCameBefore(scope: TenantScope, approvalId: string): Promise<CameBefore> {
  authorize(scope, "run.read");
  if (!isId(approvalId)) throw approvalNotFound();
  return asTenant(scope, async (tx) => {
    const [asking] = await tx
      .select({
        executionId: approvals.executionId,
        nodeId: approvals.nodeId,
        name: approvals.title,
        workflowVersionId: executions.workflowVersionId,
        agentId: executions.agentId,
        bodyNodeId: executions.bodyNodeId,
        given: executions.inputData,
      })
      .from(approvals)
      .innerJoin(executions, executionOf)
      .where(approvalIs(scope, approvalId));
    if (!asking) throw approvalNotFound();
    const { executionId, given } = asking;
    const graph = await graphOf(tx, scope, asking);
    const labels = labelsOf(graph);
    const nodeIds = leadingTo(graph, asking.nodeId);
    if (nodeIds.length === 0) return { executionId, given, labels, steps: [] };
    const steps = await tx
      .select({
        id: executionSteps.id,
        name: executionSteps.name,
        output: executionSteps.output,
        detail: executionSteps.detail,
      })
      .from(executionSteps)
      .where(
        and(
          stepsOf(scope, executionId),
          eq(executionSteps.status, "completed"),
          inArray(executionSteps.nodeId, nodeIds),
        ),
      )
      .orderBy(asc(executionSteps.completedAt), asc(executionSteps.id));
    return {
      executionId,
      given,
      labels,
      steps: steps.map(({ detail, ...step }) => ({ ...step, citations: citationsOf(detail) })),
    };
  });
}

function labelsOf(graph: Graph): Readonly<Record<string, string>> {
  const fields = rowsOf(findInputNode(graph)?.config ?? {}, "fields");
  return Object.fromEntries(fields.map((field) => [textOf(field, "key"), textOf(field, "label")]));
}

/** The nodes right before one, and those before what only led on. The input is known without. */
function leadingTo(graph: Graph, nodeId: string): readonly string[] {
  const kinds = new Map(graph.nodes.map(({ id, kind }) => [id, kind]));
  const found = new Set<string>();
  const open = [nodeId];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { source, target } of graph.edges) {
      if (target !== at || found.has(source)) continue;
      found.add(source);
      if (PASSED.has(kinds.get(source) ?? "")) open.push(source);
    }
  }
  return [...found].filter((id) => kinds.get(id) !== "input");
}
