import { AppError } from "@/lib/errors";
import { type Graph, type GraphNode, nodesBefore, topologicalOrder } from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";
import { liveEdgesInto, type Outcome } from "@/lib/workflows/schedule";
import { buildScope } from "@/lib/workflows/scope";
import { asStored } from "./clean";
import { findRunner } from "./nodes/registry";
import type { NodeValues } from "./nodes/runner";
import { nodesRead } from "./reads";
import { completedEnd } from "./settle-step";
import { portsOf, type StepEnd } from "./steps";

/** A node and what became of it; without an end it was skipped. */
export type ComputedStep = { readonly node: GraphNode; readonly end: StepEnd | null };

/** A run that was worked out from beginning to end. */
export type Computed = {
  readonly steps: readonly ComputedStep[];
  /** The fields of its output nodes. */
  readonly result: Readonly<Record<string, unknown>>;
};

/** What a start may compute before it answers. */
const MOST_NODES = 100;

type Plan = { readonly nodes: readonly GraphNode[]; readonly before: ReadonlyMap<string, readonly string[]> };

/** Graphs of versions never change, so each is looked at once; null for one that does more than compute. */
const plans = new WeakMap<Graph, Plan | null>();

function planOf(graph: Graph): Plan | null {
  const known = plans.get(graph);
  if (known !== undefined) return known;
  const made = makePlan(graph);
  plans.set(graph, made);
  return made;
}

function makePlan(graph: Graph): Plan | null {
  if (graph.nodes.length > MOST_NODES) return null;
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const nodes = topologicalOrder(graph).order.flatMap((id) => {
    const node = byId.get(id);
    return node && !findKind(node.kind)?.isAnnotation ? [node] : [];
  });
  const isPure = nodes.every((node) => !node.parent && findRunner(node.kind)?.isPure === true);
  if (!isPure || nodes.length === 0) return null;
  return { nodes, before: new Map(nodes.map(({ id }) => [id, [...nodesBefore(graph, id)]])) };
}

/**
 * Works out a run in memory, when all its nodes only compute and none fails. Null otherwise: then the run is driven node
 * by node, which also says what is wrong with it.
 */
export function computeWhole(graph: Graph, runInput: Readonly<Record<string, unknown>>): Computed | null {
  const plan = planOf(graph);
  if (!plan) return null;
  try {
    return computePlan(graph, plan, runInput);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function computePlan(graph: Graph, plan: Plan, runInput: Readonly<Record<string, unknown>>): Computed {
  const outcomes = new Map<string, Outcome>();
  const outputs = new Map<string, unknown>();
  const steps: ComputedStep[] = [];
  const result: Record<string, unknown> = {};
  for (const node of plan.nodes) {
    const live = liveEdgesInto(graph, node.id, outcomes);
    if (live.length === 0 && graph.edges.some((edge) => edge.target === node.id)) {
      outcomes.set(node.id, { status: "skipped" });
      steps.push({ node, end: null });
      continue;
    }
    const nothing = (plan.before.get(node.id) ?? []).map((id) => [id, null] as const);
    const read = nodesRead(graph, node).map((id) => [id, outputs.get(id) ?? null] as const);
    const end = compute(node, {
      nodeName: node.name,
      runInput,
      scope: buildScope(runInput, { ...Object.fromEntries(nothing), ...Object.fromEntries(read) }),
      liveSources: live.map(({ source }) => ({ nodeId: source, output: outputs.get(source) ?? null })),
    });
    outcomes.set(node.id, { status: "completed", ports: portsOf(end.branch) });
    const output = asStored(end.output);
    outputs.set(node.id, output);
    steps.push({ node, end });
    if (node.kind === "output") Object.assign(result, output);
  }
  return { steps, result };
}

/** What a node that only computes comes to. @throws AppError naming the node */
export function compute(node: GraphNode, values: NodeValues): StepEnd {
  const runner = findRunner(node.kind);
  if (!runner?.isPure) throw new AppError("internal", `“${node.name}” does more than compute.`);
  const end = completedEnd(node.name, runner.compute(node.config, values));
  if ("error" in end) throw end.error;
  return end;
}
