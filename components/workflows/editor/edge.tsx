"use client";

import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { Plus, X } from "lucide-react";
import { cn } from "@/lib/cn";

export type FlowEdgeData = {
  readonly label: string;
  /** Carried a value in the run that is shown. */
  readonly isLive: boolean;
  /** Null where edges cannot be removed. */
  readonly onRemove: (() => void) | null;
  readonly onInsert: (() => void) | null;
};
export type FlowEdge = Edge<FlowEdgeData, "flow">;

const ROUND =
  "pointer-events-auto flex size-6 items-center justify-center rounded-full border bg-card shadow-sm hover:bg-accent";

/** A connection with a button that puts a node into it; a chosen one shows another that removes it. */
export function FlowEdgeLine(props: EdgeProps<FlowEdge>) {
  const [path, x, y] = getBezierPath(props);
  const { data, selected } = props;
  const { onInsert, label } = data ?? {};
  const onRemove = selected ? data?.onRemove : null;
  return (
    <>
      <BaseEdge
        id={props.id}
        path={path}
        {...(props.markerEnd ? { markerEnd: props.markerEnd } : {})}
        className={cn(data?.isLive && "stroke-success!")}
      />
      {onInsert ? (
        <EdgeLabelRenderer>
          <div
            className="nodrag nopan absolute flex gap-1"
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            {/* For the keyboard the settings of a node offer the same. */}
            <button
              type="button"
              tabIndex={selected ? 0 : -1}
              onClick={onInsert}
              title="Put a node here"
              aria-label={`Put a node into the connection ${label}`}
              className={cn(ROUND, "text-muted-foreground hover:text-foreground", !selected && "size-5")}
            >
              <Plus className="size-3.5" aria-hidden="true" />
            </button>
            {onRemove ? (
              <button
                type="button"
                onClick={onRemove}
                aria-label={`Remove the connection ${label}`}
                className={cn(ROUND, "text-danger hover:bg-danger-soft")}
              >
                <X className="size-3.5" aria-hidden="true" />
              </button>
            ) : null}
          </div>
        </EdgeLabelRenderer>
      ) : null}
    </>
  );
}
