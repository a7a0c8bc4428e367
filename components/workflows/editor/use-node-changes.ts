"use client";

import type { NodeChange } from "@xyflow/react";
import { type Dispatch, useCallback, useRef, useState } from "react";
import type { Graph } from "@/lib/workflows/graph";
import type { CardNode } from "./card-data";
import type { Measured } from "./flow-model";
import { type Point, targetsOf } from "./frames";
import type { EditorAction } from "./state-types";

const NOTHING_DRAGGED: ReadonlyMap<string, Point> = new Map();
const NOTHING_RESIZED: Measured = new Map();

/** What lasts for a gesture only: what is being dragged and where to, and what is being resized. */
export type Gesture = {
  readonly dragged: ReadonlyMap<string, Point>;
  readonly resized: Measured;
  readonly measured: Measured;
  /** The frame that would take what is being dragged. */
  readonly targetId: string | null;
};

/** Turns what React Flow says about its nodes into gestures and, when one ends, into a change of the graph. */
export function useNodeChanges(
  graph: Graph,
  dispatch: Dispatch<EditorAction>,
): {
  gesture: Gesture;
  setTargetId: (id: string | null) => void;
  onNodesChange: (changes: NodeChange<CardNode>[]) => void;
} {
  const [dragged, setDragged] = useState(NOTHING_DRAGGED);
  const [resized, setResized] = useState(NOTHING_RESIZED);
  const [measured, setMeasured] = useState<Measured>(new Map());
  const [targetId, setTargetId] = useState<string | null>(null);
  const isDragging = useRef(false);

  const onSizes = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      for (const change of changes) {
        if (change.type !== "dimensions" || !change.dimensions) continue;
        const { id, dimensions, resizing } = change;
        if (resizing === undefined) setMeasured((known) => new Map([...known, [id, dimensions]]));
        else if (resizing) setResized(new Map([[id, dimensions]]));
        else {
          setResized(NOTHING_RESIZED);
          dispatch({ type: "resize", nodeId: id, size: dimensions });
          dispatch({ type: "end_edit" });
        }
      }
    },
    [dispatch],
  );

  const onMoves = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      const moves = changes.flatMap((change) =>
        change.type === "position" && change.position ? [change] : [],
      );
      if (moves.length === 0) return;
      const places = new Map(moves.map((change) => [change.id, change.position ?? { x: 0, y: 0 }]));
      if (moves.some((change) => change.dragging)) {
        isDragging.current = true;
        setDragged((known) => new Map([...known, ...places]));
        setTargetId(newFrameOf(graph, places));
        return;
      }
      // Moving with the keys nudges; letting go of the pointer may put a node into another frame.
      dispatch({ type: isDragging.current ? "drop" : "move", positions: places });
      isDragging.current = false;
      setDragged(NOTHING_DRAGGED);
      setTargetId(null);
    },
    [dispatch, graph],
  );

  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      onSizes(changes);
      onMoves(changes);
      const picks = changes.flatMap((change) => (change.type === "select" ? [change] : []));
      if (picks.length > 0)
        dispatch({ type: "pick", nodes: new Map(picks.map(({ id, selected }) => [id, selected])) });
    },
    [dispatch, onMoves, onSizes],
  );

  return { gesture: { dragged, resized, measured, targetId }, setTargetId, onNodesChange };
}

/** The frame something is dragged into that is not in it yet. */
function newFrameOf(graph: Graph, places: ReadonlyMap<string, Point>): string | null {
  const parents = new Map(graph.nodes.map((node) => [node.id, node.parent ?? null]));
  for (const [id, { parent }] of targetsOf(graph, places))
    if (parent !== null && parent !== parents.get(id)) return parent;
  return null;
}
