import { edgesBy, type Graph, type GraphEdge, topologicalOrder } from "./graph";
import { findKind } from "./nodes";

/**
 * Where a node of a run stands; a node without an outcome has not started. `ports` are the outputs a completed
 * node chose: `["out"]`, or one side of a condition. A failed node settles nothing behind it.
 */
export type Outcome =
  | { readonly status: "running" }
  | { readonly status: "completed"; readonly ports: readonly string[] }
  | { readonly status: "skipped" }
  | { readonly status: "failed" };

export type Outcomes = ReadonlyMap<string, Outcome>;

export type NextSteps = {
  /** Nodes to start now, in the order of the graph. */
  readonly ready: readonly string[];
  /** Nodes newly known to be skipped, in an order in which every skip follows the skips that caused it. */
  readonly skipped: readonly string[];
  /** Nothing is running and nothing can start: the run has ended, or is blocked behind a failed node. */
  readonly done: boolean;
};

/** What scheduling asks of a graph, whatever the run: its nodes in an order in which edges lead forward. */
type Plan = readonly { readonly nodeId: string; readonly incoming: readonly GraphEdge[] }[];

/** A run asks again after each of its steps, and each call of the engine after all before it: a graph is sorted once. */
const plans = new WeakMap<Graph, Plan>();

function planOf(graph: Graph): Plan {
  const known = plans.get(graph);
  if (known) return known;
  const incoming = edgesBy(graph, "target");
  const notes = new Set(graph.nodes.filter((node) => findKind(node.kind)?.isAnnotation).map(({ id }) => id));
  const order = topologicalOrder(graph).order.filter((nodeId) => !notes.has(nodeId));
  const plan = order.map((nodeId) => ({ nodeId, incoming: incoming.get(nodeId) ?? [] }));
  plans.set(graph, plan);
  return plan;
}

/**
 * Dataflow scheduling. A node starts when all its parents are settled (completed or skipped) and at least one edge
 * into it is live; it is skipped when none is, and skips propagate within one call. An edge is live when its source
 * completed and chose the edge's port. Notes never start. The answer depends on the outcomes only, never on the order they came in.
 * O(V + E). The graph must be acyclic (`checkGraph`).
 */
export function nextSteps(graph: Graph, outcomes: Outcomes): NextSteps {
  const settled = new Map(outcomes);
  const ready: string[] = [];
  const skipped: string[] = [];
  for (const { nodeId, incoming: edges } of planOf(graph)) {
    if (settled.has(nodeId)) continue;
    if (!edges.every((edge) => isSettled(settled.get(edge.source)))) continue;
    if (edges.length === 0 || edges.some((edge) => isLive(edge, settled))) {
      ready.push(nodeId);
    } else {
      skipped.push(nodeId);
      settled.set(nodeId, { status: "skipped" });
    }
  }
  const running = [...outcomes.values()].some((outcome) => outcome.status === "running");
  return { ready, skipped, done: ready.length === 0 && !running };
}

/** The edges into a node that carry a value, in the order of the graph: what a merge joins. */
export function liveEdgesInto(graph: Graph, nodeId: string, outcomes: Outcomes): readonly GraphEdge[] {
  return graph.edges.filter((edge) => edge.target === nodeId && isLive(edge, outcomes));
}

function isSettled(outcome: Outcome | undefined): boolean {
  return outcome?.status === "completed" || outcome?.status === "skipped";
}

function isLive(edge: GraphEdge, outcomes: Outcomes): boolean {
  const outcome = outcomes.get(edge.source);
  return outcome?.status === "completed" && outcome.ports.includes(edge.sourcePort);
}
