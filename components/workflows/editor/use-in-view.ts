"use client";

import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect } from "react";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { NODE_WIDTH, originsOf, sizesOf } from "./frames";
import { useMotion } from "./use-media";

/** Brings the chosen node back into view when the opening panel covered it or it was added outside. */
export function useInView(
  graph: Graph,
  node: GraphNode | undefined,
  canvas: RefObject<HTMLDivElement | null>,
): void {
  const { flowToScreenPosition, setCenter, getZoom } = useReactFlow();
  const glide = useMotion(200);
  const nodeId = node?.id;
  // Only another choice moves the view, not every move of the chosen node.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (!node) return;
    const frame = requestAnimationFrame(() => {
      const box = canvas.current?.getBoundingClientRect();
      if (!box) return;
      const { x, y } = originsOf(graph).get(node.id) ?? node.position;
      const { width, height } = sizesOf(graph).get(node.id) ?? { width: NODE_WIDTH, height: 60 };
      const start = flowToScreenPosition({ x, y });
      const end = flowToScreenPosition({ x: x + width, y: y + height });
      const isSeen = start.x >= box.left && start.y >= box.top && end.x <= box.right && end.y <= box.bottom;
      if (!isSeen) setCenter(x + width / 2, y + height / 2, { zoom: getZoom(), ...glide });
    });
    return () => cancelAnimationFrame(frame);
  }, [nodeId]);
}
