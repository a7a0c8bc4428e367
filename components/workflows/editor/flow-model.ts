import { MarkerType } from "@xyflow/react";
import type { Graph, GraphEdge, GraphNode, Issue } from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";
import type { CardData, CardNode } from "./card-data";
import type { FlowEdge } from "./edge";
import { isFrame, isNote, type Point, type Size, sizesOf } from "./frames";
import type { LiveRun } from "./live-run";
import type { EditorState } from "./state-types";
import { summaryOf } from "./summary";
import type { EditorResources } from "./types";

export type Measured = ReadonlyMap<string, { width: number; height: number }>;

/** Problems by node. */
export function countIssues(issues: readonly Issue[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { nodeId } of issues) if (nodeId) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1);
  return counts;
}

type CardFacts = {
  node: GraphNode;
  problems: number;
  run: LiveRun | null;
  resources: EditorResources;
  size: Size;
  bodyCount: number;
  isTarget: boolean;
};

function cardData({ node, problems, run, resources, size, bodyCount, isTarget }: CardFacts): CardData {
  const step = run?.steps.get(node.id) ?? null;
  return {
    node,
    summary: summaryOf(node, resources),
    problems,
    step,
    // What is inside of a container runs in runs of its own, and notes never do.
    isRunShown: run !== null && node.parent === undefined && !isNote(node),
    width: size.width,
    height: size.height,
    bodyCount,
    isTarget,
  };
}

function isSameData(a: CardData, b: CardData): boolean {
  const keys = Object.keys(a) as (keyof CardData)[];
  return keys.every((key) => a[key] === b[key]);
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
  /** Sizes while they are being changed. */
  readonly resized: Measured;
  /** The frame that would take what is being dragged. */
  readonly targetId: string | null;
};

/** The nodes as React Flow wants them: containers before what is in them. */
export function toFlowNodes(cache: CardCache, facts: NodeFacts): CardNode[] {
  const { state, counts, run, resources, dragged, measured, resized, targetId } = facts;
  const sizes = sizesOf(state.graph);
  const ids = new Set(state.graph.nodes.map(({ id }) => id));
  const bodies = new Map<string, number>();
  for (const { parent } of state.graph.nodes) if (parent) bodies.set(parent, (bodies.get(parent) ?? 0) + 1);
  return parentsFirst(state.graph).map((node) => {
    const drawn = sizes.get(node.id) ?? { width: 0, height: 0 };
    const size = resized.get(node.id) ?? drawn;
    const data = cache.get({
      node,
      problems: counts.get(node.id) ?? 0,
      run,
      resources,
      size,
      bodyCount: bodies.get(node.id) ?? 0,
      isTarget: targetId === node.id,
    });
    const known = measured.get(node.id);
    const isSized = isFrame(node) || isNote(node);
    return {
      id: node.id,
      type: isFrame(node) ? "frame" : isNote(node) ? "note" : "card",
      position: dragged.get(node.id) ?? node.position,
      data,
      selected: state.selection.nodes.has(node.id),
      ariaLabel: labelOf(data),
      ...(node.parent !== undefined && ids.has(node.parent) ? { parentId: node.parent } : {}),
      ...(isSized ? { width: size.width, height: size.height } : {}),
      // Notes lie under what they are about.
      ...(isNote(node) ? { zIndex: -1 } : {}),
      ...(known ? { measured: known } : {}),
    };
  });
}

function parentsFirst({ nodes }: Graph): readonly GraphNode[] {
  if (!nodes.some(({ parent }) => parent !== undefined)) return nodes;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ordered = new Set<GraphNode>();
  const path = new Set<GraphNode>();
  const add = (node: GraphNode) => {
    if (ordered.has(node) || path.has(node)) return;
    path.add(node);
    const around = node.parent === undefined ? undefined : byId.get(node.parent);
    if (around) add(around);
    ordered.add(node);
  };
  nodes.forEach(add);
  return [...ordered];
}

/** What a screen reader says for a node. */
function labelOf({ node, problems, step, bodyCount }: CardData): string {
  const label = findKind(node.kind)?.label ?? node.kind;
  const inside = bodyCount === 1 ? " with 1 node" : ` with ${bodyCount} nodes`;
  const kind = isFrame(node) ? `${label}${inside}` : label;
  const trouble = problems === 0 ? "" : problems === 1 ? ", 1 problem" : `, ${problems} problems`;
  return `${node.name}, ${kind}${node.pin ? ", output pinned" : ""}${step ? `, ${step.status}` : trouble}`;
}

/** The edges as React Flow wants them; those that carried a value in the run are marked. */
export function toFlowEdges(
  state: EditorState,
  run: LiveRun | null,
  doing: { readonly remove: (edgeId: string) => void; readonly insert: (edgeId: string) => void } | null,
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
      data: {
        label,
        isLive: isLive(edge, run),
        onRemove: doing && (() => doing.remove(edge.id)),
        onInsert: doing && (() => doing.insert(edge.id)),
      },
    };
  });
}

/** The trace of an edge: both ends took part in the run. */
function isLive(edge: GraphEdge, run: LiveRun | null): boolean {
  const target = run?.steps.get(edge.target)?.status;
  return run?.steps.get(edge.source)?.status === "completed" && target !== undefined && target !== "skipped";
}
