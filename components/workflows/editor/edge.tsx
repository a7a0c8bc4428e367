"use client";

import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { X } from "lucide-react";
import { cn } from "@/lib/cn";

export type FlowEdgeData = {
  readonly label: string;
  /** Carried a value in the run that is shown. */
  readonly isLive: boolean;
  /** Null where edges cannot be removed. */
  readonly onRemove: (() => void) | null;
};
export type FlowEdge = Edge<FlowEdgeData, "flow">;

/** A connection; a chosen one shows a button that removes it. */
export function FlowEdgeLine(props: EdgeProps<FlowEdge>) {
  const [path, x, y] = getBezierPath(props);
  const { data, selected } = props;
  const onRemove = selected ? data?.onRemove : null;
  return (
    <>
      <BaseEdge
        id={props.id}
        path={path}
        {...(props.markerEnd ? { markerEnd: props.markerEnd } : {})}
        className={cn(data?.isLive && "stroke-success!")}
      />
      {onRemove ? (
        <EdgeLabelRenderer>
          <button
            type="button"
            onClick={onRemove}
            aria-label={`Remove the connection ${data?.label ?? ""}`}
            className="nodrag nopan pointer-events-auto absolute flex size-6 items-center justify-center rounded-full border bg-card text-danger shadow-sm hover:bg-danger-soft"
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            <X className="size-3.5" aria-hidden="true" />
          </button>
        </EdgeLabelRenderer>
      ) : null}
    </>
  );
}
