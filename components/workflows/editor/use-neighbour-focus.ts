"use client";

import { type RefObject, useEffect, useRef } from "react";
import type { Graph } from "@/lib/workflows/graph";
import { neighbourOf } from "./neighbour";

const QUESTION = "[role=alertdialog]";

/**
 * Gives the focus to a neighbour of a node that is deleted, or to the canvas where none is left: it would be nowhere, and
 * a screen reader at the top of the page. Where a question was asked first, once that is gone.
 */
export function useNeighbourFocus(graph: Graph, canvas: RefObject<HTMLDivElement | null>): void {
  const before = useRef(graph);
  useEffect(() => {
    const was = before.current;
    before.current = graph;
    const ids = new Set(graph.nodes.map(({ id }) => id));
    const gone = was.nodes.find(({ id }) => !ids.has(id));
    if (!gone) return;

    // The canvas draws what changed a moment after the graph did.
    let frame = requestAnimationFrame(function settle() {
      const focused = document.activeElement;
      if (focused?.closest(QUESTION)) frame = requestAnimationFrame(settle);
      else if (focused === document.body) focusOn(neighbourOf(gone, was, graph), canvas.current);
    });
    return () => cancelAnimationFrame(frame);
  }, [graph, canvas]);
}

function focusOn(nodeId: string | null, canvas: HTMLElement | null): void {
  const node = canvas?.querySelector<HTMLElement>(`.react-flow__node[data-id="${nodeId}"]`);
  (node ?? canvas)?.focus({ preventScroll: true });
}
