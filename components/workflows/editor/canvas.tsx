"use client";

import "@xyflow/react/dist/base.css";
import "./canvas.css";
import {
  Background,
  BackgroundVariant,
  type Connection,
  Controls,
  type EdgeChange,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from "@xyflow/react";
import { type DragEvent, useCallback, useMemo, useRef, useState } from "react";
import { toast } from "@/components/ui/toast";
import { useEditor } from "./context";
import { type FlowEdge, FlowEdgeLine } from "./edge";
import { type Point, whyNotConnect } from "./edits";
import { CardCache, countIssues, type Measured, toFlowEdges, toFlowNodes } from "./flow-model";
import { type CardNode, NodeCard } from "./node-card";
import { DRAG_TYPE } from "./palette";

const NODE_TYPES = { card: NodeCard };
const EDGE_TYPES = { flow: FlowEdgeLine };
const NOTHING_DRAGGED: ReadonlyMap<string, Point> = new Map();
const MINIMAP = { width: 160, height: 110 };
const FIT = { padding: 0.1, maxZoom: 1 };

/** The graph to look at and to work on. It keeps only what lasts for a gesture; the rest is the editor's state. */
export function Canvas() {
  const { state, dispatch, issues, run, resources, canEdit } = useEditor();
  const { screenToFlowPosition } = useReactFlow();
  const cache = useRef(new CardCache());
  const [dragged, setDragged] = useState(NOTHING_DRAGGED);
  const [measured, setMeasured] = useState<Measured>(new Map());
  const counts = useMemo(() => countIssues(issues), [issues]);
  const nodes = useMemo(
    () => toFlowNodes(cache.current, { state, counts, run, resources, dragged, measured }),
    [state, counts, run, resources, dragged, measured],
  );
  const removeEdge = useCallback((edgeId: string) => dispatch({ type: "remove_edge", edgeId }), [dispatch]);
  const edges = useMemo(
    () => toFlowEdges(state, run, canEdit ? removeEdge : null),
    [state, run, canEdit, removeEdge],
  );

  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      const sizes = changes.flatMap((change) =>
        change.type === "dimensions" && change.dimensions ? [[change.id, change.dimensions] as const] : [],
      );
      if (sizes.length > 0) setMeasured((known) => new Map([...known, ...sizes]));
      const moves = changes.flatMap((change) =>
        change.type === "position" && change.position ? [change] : [],
      );
      const places = new Map(moves.map((change) => [change.id, change.position ?? { x: 0, y: 0 }]));
      if (moves.some((change) => change.dragging)) setDragged((known) => new Map([...known, ...places]));
      else if (places.size > 0) {
        setDragged(NOTHING_DRAGGED);
        dispatch({ type: "move", positions: places });
      }
      const picks = changes.flatMap((change) => (change.type === "select" ? [change] : []));
      if (picks.length > 0)
        dispatch({ type: "pick", nodes: new Map(picks.map(({ id, selected }) => [id, selected])) });
    },
    [dispatch],
  );

  const onEdgesChange = useCallback(
    (changes: EdgeChange<FlowEdge>[]) => {
      const picks = changes.flatMap((change) => (change.type === "select" ? [change] : []));
      if (picks.length > 0)
        dispatch({ type: "pick", edges: new Map(picks.map(({ id, selected }) => [id, selected])) });
    },
    [dispatch],
  );

  const isValid = useCallback(
    ({ source, sourceHandle, target }: Connection | FlowEdge) =>
      whyNotConnect(state.graph, source, sourceHandle ?? "out", target) === null,
    [state.graph],
  );

  function onConnect({ source, sourceHandle, target }: Connection) {
    dispatch({ type: "connect", source, sourcePort: sourceHandle ?? "out", target });
  }

  function onDrop(event: DragEvent) {
    const kind = event.dataTransfer.getData(DRAG_TYPE);
    if (!kind || !canEdit) return;
    event.preventDefault();
    dispatch({
      type: "add",
      kind,
      at: screenToFlowPosition({ x: event.clientX - 104, y: event.clientY - 40 }),
    });
  }

  return (
    <ReactFlow<CardNode, FlowEdge>
      className="workflow-canvas"
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onConnect={onConnect}
      isValidConnection={isValid}
      onConnectEnd={(_event, connection) => {
        const { fromNode, fromHandle, toNode } = connection;
        if (connection.isValid || !fromNode || !toNode) return;
        toast.warning(
          whyNotConnect(state.graph, fromNode.id, fromHandle?.id ?? "out", toNode.id) ?? "Not possible.",
        );
      }}
      onDragOver={(event) => event.dataTransfer.types.includes(DRAG_TYPE) && event.preventDefault()}
      onDrop={onDrop}
      nodesDraggable={canEdit}
      nodesConnectable={canEdit}
      deleteKeyCode={null}
      multiSelectionKeyCode={["Shift", "Meta", "Control"]}
      selectionKeyCode="Shift"
      fitView
      fitViewOptions={FIT}
      minZoom={0.15}
      maxZoom={2}
      snapToGrid
      snapGrid={[20, 20]}
      aria-label="Canvas"
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} />
      <Controls showInteractive={false} fitViewOptions={FIT} position="bottom-left" />
      <MiniMap
        pannable
        zoomable
        style={MINIMAP}
        position="bottom-right"
        className="hidden! lg:block!"
        ariaLabel="Overview"
      />
    </ReactFlow>
  );
}
