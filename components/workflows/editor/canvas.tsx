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
  ReactFlow,
  useReactFlow,
} from "@xyflow/react";
import { type DragEvent, useCallback, useMemo, useRef, useState } from "react";
import { toast } from "@/components/ui/toast";
import type { CardNode } from "./card-data";
import { useEditor } from "./context";
import { type FlowEdge, FlowEdgeLine } from "./edge";
import { whyNotConnect } from "./edits";
import { CardCache, countIssues, toFlowEdges, toFlowNodes } from "./flow-model";
import { FrameCard } from "./frame-card";
import { spotAt } from "./frames";
import { NodeCard } from "./node-card";
import { type MenuPlace, NodeMenu } from "./node-menu";
import { NoteCard } from "./note-card";
import { DRAG_TYPE } from "./palette";
import { begunWith } from "./placing";
import { useNodeChanges } from "./use-node-changes";

const NODE_TYPES = { card: NodeCard, frame: FrameCard, note: NoteCard };
const EDGE_TYPES = { flow: FlowEdgeLine };
const MINIMAP = { width: 160, height: 110 };
const FIT = { padding: 0.1, maxZoom: 1 };

/** The graph to look at and to work on. It keeps only what lasts for a gesture; the rest is the editor's state. */
export function Canvas() {
  const { state, dispatch, issues, run, resources, canEdit, addBetween } = useEditor();
  const { screenToFlowPosition } = useReactFlow();
  const cache = useRef(new CardCache());
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const { gesture, setTargetId, onNodesChange } = useNodeChanges(state.graph, dispatch);
  const counts = useMemo(() => countIssues(issues), [issues]);
  const nodes = useMemo(
    () => toFlowNodes(cache.current, { state, counts, run, resources, ...gesture }),
    [state, counts, run, resources, gesture],
  );
  // What it does is another function with each render, and does the same.
  const insert = useRef(addBetween);
  insert.current = addBetween;
  const doing = useMemo(
    () => ({
      remove: (edgeId: string) => dispatch({ type: "remove_edge", edgeId }),
      insert: (edgeId: string) => insert.current(edgeId),
    }),
    [dispatch],
  );
  const edges = useMemo(() => toFlowEdges(state, run, canEdit ? doing : null), [state, run, canEdit, doing]);

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

  function spotOf(event: DragEvent, kind: string) {
    const point = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    return kind === "input" || kind === "output" ? { parent: null, at: point } : spotAt(state.graph, point);
  }

  function onDragOver(event: DragEvent) {
    if (!canEdit || !event.dataTransfer.types.includes(DRAG_TYPE)) return;
    event.preventDefault();
    // What is dragged is not told before it is let go.
    setTargetId(spotOf(event, "").parent);
  }

  function onDrop(event: DragEvent) {
    setTargetId(null);
    const kind = event.dataTransfer.getData(DRAG_TYPE);
    if (!kind || !canEdit) return;
    event.preventDefault();
    const { parent, at } = spotOf(event, kind);
    const config = begunWith(kind, resources);
    dispatch({ type: "add", kind, parent, config, at: { x: at.x - 104, y: at.y - 40 } });
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
      onNodeContextMenu={(event, node) => {
        if (!canEdit) return;
        event.preventDefault();
        setMenu({ nodeId: node.id, x: event.clientX, y: event.clientY });
      }}
      onDragOver={onDragOver}
      onDragLeave={() => setTargetId(null)}
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
      {menu ? <NodeMenu place={menu} onClose={() => setMenu(null)} /> : null}
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
