import { microsFromNumeric } from "@/lib/money";
import type { TestTenant } from "@/lib/testing/scopes";
import { publishWorkflow } from "@/lib/workflows/commands/publish";
import { saveDraft } from "@/lib/workflows/commands/save";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { testNode } from "@/lib/workflows/graph-testing";
import { nextSteps } from "@/lib/workflows/schedule";
import { executeNode } from "../execute-node";
import { finishRun } from "../finish";
import { beginRun, chain, llmNode, publishGraph, TEST_MODEL, transformNode } from "../testing";
import { cancelRun } from "./cancel";
import { startRun } from "./start";

/** Runs what is ready, again and again, up to `until`, or to the end. */
export async function drive({ job }: TestTenant, executionId: string, until?: string): Promise<void> {
  for (;;) {
    const begun = await beginRun(job, executionId);
    if (!begun) return;
    const { ready } = nextSteps(begun.graph, begun.outcomes);
    if (ready.length === 0) return void (await finishRun(job, executionId));
    for (const nodeId of ready) await executeNode(job, { executionId, nodeId });
    if (until && ready.includes(until)) return;
  }
}

/** Starts a run of the published version, and gives its id. */
export async function start({ admin }: TestTenant, workflowId: string, text = "a"): Promise<string> {
  return (await startRun(admin, { workflowId, useDraft: false, input: { text } })).executionId;
}

/** A node that computes a number. */
export function numberNode(id: string, value: string): GraphNode {
  return testNode(id, "transform", { fields: [{ key: "n", mode: "expression", value }] });
}

/** input → ask (a model) → t → output */
export const ASKING = chain(
  [llmNode("ask", TEST_MODEL), transformNode("t", { text: "{{ ask.text }}!" })],
  "{{ t.text }}",
);

/** A run that was stopped after its model had answered. */
export async function stopped(tenant: TestTenant): Promise<string> {
  const workflowId = await publishGraph(tenant.admin, "Ask", ASKING);
  const executionId = await start(tenant, workflowId);
  await drive(tenant, executionId, "ask");
  await cancelRun(tenant.admin, { executionId });
  return executionId;
}

/** Saves the graph as the draft and publishes it. */
export async function publishChange(
  { admin }: TestTenant,
  workflowId: string,
  revision: number,
  graph: Graph,
): Promise<void> {
  const saved = await saveDraft(admin, { workflowId, revision, graph, isAutosave: false });
  await publishWorkflow(admin, { workflowId, revision: saved.revision, note: "" });
}

/** The step of a node. @throws Error when the run has none */
export function stepOf<Step extends { nodeId: string }>(steps: readonly Step[], nodeId: string): Step {
  const step = steps.find((each) => each.nodeId === nodeId);
  if (!step) throw new Error(`no step of ${nodeId}`);
  return step;
}

/** What these ledger rows cost the tenant, in micro-dollars. */
export const costOf = (rows: readonly { tenantCost: string }[]): bigint =>
  rows.reduce((sum, row) => sum + microsFromNumeric(row.tenantCost), 0n);

/** The nodes of these rows, in order. */
export const byNode = (rows: readonly { nodeId: string | null }[]) =>
  rows.map((row) => row.nodeId).toSorted();
