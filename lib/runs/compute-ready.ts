import "server-only";
import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { inPassing } from "@/db/statements";
import { AppError } from "@/lib/errors";
import type { PriceLists } from "@/lib/metering/rates";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { nextSteps, type Outcome } from "@/lib/workflows/schedule";
import { compute } from "./compute";
import { type ComputedNode, computedRows } from "./computed-rows";
import { keepMade, type MadeStep, madeOf, valuesFor } from "./node-values";
import { findRunner } from "./nodes/registry";
import { portsOf, skippedRows } from "./steps";
import type { RunFacts } from "./store";

/** Somebody else has one of the nodes: the transaction is to be dropped, and each node begun on its own. */
export class TakenMeanwhile extends Error {}

type Scene = {
  readonly run: RunFacts;
  readonly graph: Graph;
  readonly outcomes: Map<string, Outcome>;
  /** Ends that are known without a look; what is computed is added. */
  readonly made: Map<string, MadeStep>;
  /** Prices of now. */
  readonly lists: PriceLists;
};

/**
 * Computes the nodes that are ready and then those that become ready by them, in memory, and writes all of them with
 * three statements. Notes how they stand, and what they gave. A node that cannot be computed is left where it is, to be begun on its own.
 *
 * @param most nodes to compute
 * @returns how many were
 * @throws TakenMeanwhile; AppError `precondition`, reason `rate_missing`
 */
export async function computeReady(
  tx: Tx,
  scope: TenantScope,
  { run, graph, outcomes, made, lists }: Scene,
  most: number,
): Promise<number> {
  // Names of a body come from the runs around it; a pinned node does not compute, and nothing is begun when suspended.
  if (run.bodyNodeId !== null || run.usesPins || run.isSuspended) return 0;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const known = new Map(outcomes);
  const computed: ComputedNode[] = [];
  const ends = new Map(made);
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
    if (pure.length === 0 || computed.length >= most) break;
    for (const node of pure) {
      const values = await valuesFor(tx, scope, run, node, { made: ends });
      const end = endOf(node, values);
      if (!end) left.add(node.id);
      else {
        computed.push({ node, end });
        ends.set(node.id, madeOf(node.id, end));
        known.set(node.id, { status: "completed", ports: portsOf(end.branch) });
      }
    }
  }
  if (computed.length === 0) return 0;
  const { rows, bill } = computedRows(tx, scope, [{ run, nodes: computed }], lists);
  await inPassing(tx, rows, (written) => {
    if (written.rows.length < computed.length) throw new TakenMeanwhile();
  });
  if (bill) await inPassing(tx, bill);
  if (skipped.length > 0) await inPassing(tx, skippedRows(tx, scope, skipped));
  for (const { node } of computed) {
    const end = ends.get(node.id);
    if (end) keepMade(made, end);
  }
  for (const [nodeId, outcome] of known) outcomes.set(nodeId, outcome);
  return computed.length;
}

function endOf(node: GraphNode, values: Parameters<typeof compute>[1]) {
  try {
    return compute(node, values);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
