import type { Node } from "@xyflow/react";
import type { GraphNode } from "@/lib/workflows/graph";
import type { LiveStep } from "./live-run";

/** What a card on the canvas shows. */
export type CardData = {
  readonly node: GraphNode;
  readonly summary: string;
  readonly problems: number;
  readonly step: LiveStep | null;
  /** Whether a run is shown, in which nodes without a step have not started. */
  readonly isRunShown: boolean;
  readonly width: number;
  readonly height: number;
  /** Of a container: how many nodes are in it. */
  readonly bodyCount: number;
  /** Of a container: whether it would take what is being dragged. */
  readonly isTarget: boolean;
};

export type CardNode = Node<CardData, "card" | "frame" | "note">;
