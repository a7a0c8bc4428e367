import "server-only";
import { type Tx, together } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { priceLists, priceStatements } from "@/lib/metering/rates";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { nextSteps, type Outcome } from "@/lib/workflows/schedule";
import { compute } from "./compute";
import { type ComputedNode, computedRows } from "./computed-rows";
import { type MadeStep, valuesFor } from "./node-values";
import { findRunner } from "./nodes/registry";
import { portsOf, skippedRows } from "./steps";
import type { RunFacts } from "./store";

/** Somebody else has one of the nodes: the transaction is to be dropped, and each node begun on its own. */
export class TakenMeanwhile extends Error {}

type Scene = { readonly run: RunFacts; readonly graph: Graph; readonly outcomes: Map<string, Outcome> };

/**
 * Computes the nodes that are ready and then those that become ready by them, in memory, and writes all of them with
 * three statements. Notes how they stand. A node that cannot be computed is left where it is, to be begun on its own.
 *
 * @param most nodes to compute
 * @returns how many were
 * @throws TakenMeanwhile; AppError `precondition`, reason `rate_missing`
 */
export async function computeReady(
  tx: Tx,
  scope: TenantScope,
  { run, graph, outcomes }: Scene,
  most: number,
): Promise<number> {
  // Names of a body come from the runs around it; a pinned node does not compute, and nothing is begun when suspended.
  if (run.bodyNodeId !== null || run.usesPins || run.isSuspended) return 0;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const known = new Map(outcomes);
  const made = new Map<string, MadeStep & ComputedNode>();
  const skipped: { executionId: string; node: GraphNode }[] = [];
  const left = new Set<string>();
  for (;;) {
    const next = nextSteps(graph, known);
    for (const nodeId of next.skipped) known.set(nodeId, { status: "skipped" });
    skipped.push(
      ...next.skipped.flatMap((nodeId) => {
        const node = byId.get(nodeId);
        return node ? [{ executionId: run.id, node }] : [];
      }),
    );
    const ready = next.ready.flatMap((nodeId) => (left.has(nodeId) ? [] : (byId.get(nodeId) ?? [])));
    const pure = ready.filter((node) => findRunner(node.kind)?.isPure);
    if (pure.length === 0 || made.size >= most) break;
    for (const node of pure) {
      const values = await valuesFor(tx, scope, run, node, { made });
      const end = endOf(node, values);
      if (!end) left.add(node.id);
      else {
        made.set(node.id, { ...end, node, end, nodeId: node.id, output: end.output ?? null });
        known.set(node.id, { status: "completed", ports: portsOf(end.branch) });
      }
    }
  }
  if (made.size === 0) return 0;
  const fees = run.workflowId ? (["workflow_node"] as const) : [];
  const lists = priceLists(await together(tx, priceStatements(tx, scope, fees, run.now)));
  const { rows, bill } = computedRows(tx, scope, [{ run, nodes: [...made.values()] }], lists);
  const [written] = await together(tx, [
    rows,
    ...(bill ? [bill] : []),
    ...(skipped.length > 0 ? [skippedRows(tx, scope, skipped)] : []),
  ]);
  if (written.rows.length < made.size) throw new TakenMeanwhile();
  for (const [nodeId, outcome] of known) outcomes.set(nodeId, outcome);
  return made.size;
}

function endOf(node: GraphNode, values: Parameters<typeof compute>[1]) {
  try {
    return compute(node, values);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
