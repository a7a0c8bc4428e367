import "server-only";
import type { z } from "zod";
import type { TenantScope } from "@/db/scope";
import type { RunStatus } from "@/lib/runs/input";
import type { Graph } from "@/lib/workflows/graph";
import { getVersionGraph, getWorkflow, type WorkflowSummary } from "@/lib/workflows/queries";
import { runInputFields, runInputJsonSchema } from "@/lib/workflows/run-input";
import { inputFieldView } from "./input-field";
import type { workflow, workflowDetail } from "./operations/workflows";

/** A workflow as a list of the API shows it. */
export function workflowSummaryView(row: WorkflowSummary): z.input<typeof workflow> {
  const { lastRun } = row;
  return { ...row, lastRun: lastRun && { ...lastRun, status: lastRun.status as RunStatus } };
}

/** A workflow with what a run of its published version takes. @throws AppError `not_found` */
export async function workflowView(
  scope: TenantScope,
  workflowId: string,
): Promise<z.input<typeof workflowDetail>> {
  const found = await getWorkflow(scope, workflowId);
  const { publishedVersionId } = found;
  const published = publishedVersionId ? await getVersionGraph(scope, workflowId, publishedVersionId) : null;
  return { ...found, ...inputOf(published) };
}

function inputOf(graph: Graph | null) {
  if (!graph) return { inputFields: [], inputSchema: null, nodes: [] };
  return {
    inputFields: runInputFields(graph).map(inputFieldView),
    inputSchema: runInputJsonSchema(graph),
    nodes: [...graph.nodes],
  };
}
