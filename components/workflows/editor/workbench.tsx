"use client";

import type { ReactNode, RefObject } from "react";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { Canvas } from "./canvas";
import { ConfigPanel } from "./config-panel";
import { useEditor } from "./context";
import { isNote } from "./frames";
import { RunBar } from "./run-bar";

/** How many steps a run of this graph has itself: bodies run in runs of their own, notes never. */
function stepCount(graph: Graph): number {
  return graph.nodes.filter((node) => node.parent === undefined && !isNote(node)).length;
}

/** The part under the toolbar: what is in `children` on the left, the canvas, and the chosen node's settings. */
export function Workbench({
  chosen,
  canvas,
  onCloseRun,
  children,
}: {
  chosen: GraphNode | undefined;
  canvas: RefObject<HTMLDivElement | null>;
  onCloseRun: () => void;
  children: ReactNode;
}) {
  const { state, dispatch, run } = useEditor();
  return (
    <div className="flex min-h-0 flex-1 flex-col min-[700px]:flex-row">
      {children}
      <div ref={canvas} tabIndex={-1} className="relative min-h-64 min-w-0 flex-1 outline-none">
        <Canvas />
        {run ? <RunBar run={run} total={stepCount(state.graph)} onClose={onCloseRun} /> : null}
      </div>
      {chosen ? (
        <aside className="max-h-[60dvh] w-full shrink-0 border-t bg-card min-[700px]:max-h-none min-[700px]:w-88 min-[700px]:border-t-0 min-[700px]:border-l">
          <ConfigPanel
            key={chosen.id}
            node={chosen}
            onClose={() => dispatch({ type: "select", nodes: [] })}
          />
        </aside>
      ) : null}
    </div>
  );
}
