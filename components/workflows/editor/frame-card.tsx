"use client";

import { Handle, type NodeProps, NodeResizeControl, Position } from "@xyflow/react";
import { Plus } from "lucide-react";
import { memo } from "react";
import { cn } from "@/lib/cn";
import { portsOfNode } from "@/lib/workflows/nodes";
import type { CardNode } from "./card-data";
import { useEditor } from "./context";
import { Pinned, PortRows, Problems, RING, StepLine, useFollowedPorts } from "./node-card";
import { NodeIcon } from "./node-icon";

/** A container on the canvas: a frame around its body, with what it is and how far it is at its head. */
export const FrameCard = memo(function FrameCard({ data, selected, isConnectable }: NodeProps<CardNode>) {
  const { node, summary, problems, step, isRunShown, bodyCount, isTarget, width, height } = data;
  const { canEdit } = useEditor();
  const ports = portsOfNode(node);
  useFollowedPorts(node.id, ports);
  const [port] = ports;
  return (
    <div
      style={{ width, height }}
      className={cn(
        "relative flex flex-col rounded-2xl border-2 border-input/60 bg-muted/40 shadow-sm",
        step ? RING[step.status] : isRunShown && "opacity-75",
        !step && problems > 0 && "border-warning/70",
        isTarget && "border-brand bg-brand-soft/60",
        selected && "outline-2 outline-ring outline-offset-2",
      )}
    >
      <Handle
        type="target"
        position={Position.Left}
        isConnectable={isConnectable}
        className="workflow-handle"
        style={HEAD}
      />
      <div className="flex h-14 shrink-0 items-center gap-2.5 rounded-t-[0.875rem] border-b bg-card px-3">
        <NodeIcon kind={node.kind} />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium text-sm leading-5">{node.name}</p>
          {step ? (
            <StepLine step={step} inline />
          ) : (
            <p className="truncate text-muted-foreground text-xs leading-4">{summary}</p>
          )}
        </div>
        {node.pin ? <Pinned /> : null}
        {problems > 0 && !step ? <Problems count={problems} /> : null}
      </div>
      {ports.length === 1 && port ? (
        <Handle
          type="source"
          id={port.id}
          position={Position.Right}
          isConnectable={isConnectable}
          className="workflow-handle"
          style={HEAD}
        />
      ) : null}
      {bodyCount === 0 ? <EmptyBody nodeId={node.id} isTarget={isTarget} /> : null}
      {ports.length > 1 ? (
        <div className="mt-auto">
          <PortRows ports={ports} isConnectable={isConnectable} />
        </div>
      ) : null}
      {selected && canEdit ? <ResizeCorner /> : null}
    </div>
  );
});

const HEAD = { top: 28 };

/** A frame with nothing in it yet says how to fill it. */
function EmptyBody({ nodeId, isTarget }: { nodeId: string; isTarget: boolean }) {
  const { canEdit, addInside } = useEditor();
  if (!canEdit) {
    return <p className="m-auto px-6 text-center text-muted-foreground text-xs">Nothing runs inside yet.</p>;
  }
  return (
    <button
      type="button"
      onClick={(event) => {
        event.stopPropagation();
        addInside(nodeId);
      }}
      className="nodrag nopan m-5 flex min-h-0 flex-1 flex-col items-center justify-center gap-1.5 rounded-xl border border-input border-dashed text-muted-foreground text-xs hover:border-brand hover:bg-card hover:text-foreground"
    >
      <Plus className="size-4" aria-hidden="true" />
      {isTarget ? "Let go to put it here" : "Add what runs inside"}
    </button>
  );
}

/** The corner that changes the size of what is drawn as large as somebody wants. */
export function ResizeCorner({ min = MIN_SIZE }: { min?: { width: number; height: number } }) {
  return (
    <NodeResizeControl
      position="bottom-right"
      minWidth={min.width}
      minHeight={min.height}
      className="workflow-resize"
    />
  );
}

const MIN_SIZE = { width: 260, height: 160 };
