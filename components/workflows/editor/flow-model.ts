import { MarkerType } from "@xyflow/react";
import type { GraphEdge, GraphNode, Issue } from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";
import type { FlowEdge } from "./edge";
import type { Point } from "./edits";
import type { LiveRun } from "./live-run";
import type { CardData, CardNode } from "./node-card";
import type { EditorState } from "./state";
import { summaryOf } from "./summary";
import type { EditorResources } from "./types";

export type Measured = ReadonlyMap<string, { width: number; height: number }>;

/** Problems by node. */
export function countIssues(issues: readonly Issue[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { nodeId } of issues) if (nodeId) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
  return counts;
}

type CardFacts = { node: GraphNode; problems: number; run: LiveRun | null; resources: EditorResources };

function cardData({ node, problems, run, resources }: CardFacts): CardData {
  const step = run?.steps.get(node.id) ?? null;
  return { node, summary: summaryOf(node, resources), problems, step, isRunShown: run !== null };
}

function isSameData(a: CardData, b: CardData): boolean {
  return (
    a.node === b.node &&
    a.summary === b.summary &&
    a.problems === b.problems &&
    a.step === b.step &&
    a.isRunShown === b.isRunShown
  );
}

/** The same data object while nothing about a node changed, so that only changed cards are drawn again. */
export class CardCache {
  readonly #cards = new Map<string, CardData>();

  get(facts: CardFacts): CardData {
    const fresh = cardData(facts);
    const known = this.#cards.get(facts.node.id);
    if (known && isSameData(known, fresh)) return known;
    this.#cards.set(facts.node.id, fresh);
    return fresh;
  }
}

export type NodeFacts = {
  readonly state: EditorState;
  readonly counts: ReadonlyMap<string, number>;
  readonly run: LiveRun | null;
  readonly resources: EditorResources;
  /** Where nodes are while they are being dragged. */
  readonly dragged: ReadonlyMap<string, Point>;
  readonly measured: Measured;
};

/** The nodes as React Flow wants them. */
export function toFlowNodes(cache: CardCache, facts: NodeFacts): CardNode[] {
  const { state, counts, run, resources, dragged, measured } = facts;
  return state.graph.nodes.map((node) => {
    const data = cache.get({ node, problems: counts.get(node.id) ?? 0, run, resources });
    const size = measured.get(node.id);
    return {
      id: node.id,
      type: "card",
      position: dragged.get(node.id) ?? node.position,
      data,
      selected: state.selection.nodes.has(node.id),
      ariaLabel: labelOf(data),
      ...(size ? { measured: size } : {}),
    };
  });
}

/** What a screen reader says for a node. */
export function labelOf({ node, problems, step }: CardData): string {
  const kind = findKind(node.kind)?.label ?? node.kind;
  const trouble = problems === 0 ? "" : problems === 1 ? ", 1 problem" : `, ${problems} problems`;
  return `${node.name}, ${kind}${step ? `, ${step.status}` : trouble}`;
}

/** The edges as React Flow wants them; those that carried a value in the run are marked. */
export function toFlowEdges(
  state: EditorState,
  run: LiveRun | null,
  onRemove: ((edgeId: string) => void) | null,
): FlowEdge[] {
  const names = new Map(state.graph.nodes.map((node) => [node.id, node.name]));
  return state.graph.edges.map((edge) => {
    const label = `from ${names.get(edge.source)} to ${names.get(edge.target)}`;
    return {
      id: edge.id,
      type: "flow",
      source: edge.source,
      sourceHandle: edge.sourcePort,
      target: edge.target,
      selected: state.selection.edges.has(edge.id),
      ariaLabel: `Connection ${label}`,
      markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
      data: { label, isLive: isLive(edge, run), onRemove: onRemove && (() => onRemove(edge.id)) },
    };
  });
}

/** The trace of an edge: both ends took part in the run. */
function isLive(edge: GraphEdge, run: LiveRun | null): boolean {
  const target = run?.steps.get(edge.target)?.status;
  return run?.steps.get(edge.source)?.status === "completed" && target !== undefined && target !== "skipped";
}
