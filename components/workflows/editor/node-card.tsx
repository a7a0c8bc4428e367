"use client";

import { Handle, type NodeProps, Position, useUpdateNodeInternals } from "@xyflow/react";
import { Pin, TriangleAlert } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import { lookOf } from "@/components/shared/status";
import { cn } from "@/lib/cn";
import { formatMicros } from "@/lib/money";
import { ERROR_PORT, type Port } from "@/lib/workflows/kind";
import { findKind, portsOfNode } from "@/lib/workflows/nodes";
import type { CardNode } from "./card-data";
import { durationOf, type LiveStep, progressOf, waitsUntil } from "./live-run";
import { NodeIcon } from "./node-icon";

/** The edge of a card by the status of its step. */
export const RING: Readonly<Record<string, string>> = {
  running: "border-info ring-2 ring-info/30",
  completed: "border-success/60",
  waiting: "border-info border-dashed",
  failed: "border-danger ring-2 ring-danger/25",
  skipped: "border-dashed opacity-60",
  cancelled: "border-dashed opacity-60",
};

/** A node on the canvas: what it is, what is wrong with it, and how it is doing in the run that is shown. */
export const NodeCard = memo(function NodeCard({ data, selected, isConnectable }: NodeProps<CardNode>) {
  const { node, summary, problems, step, isRunShown } = data;
  const kind = findKind(node.kind);
  const ports = portsOfNode(node);
  useFollowedPorts(node.id, ports);
  return (
    <div
      className={cn(
        "w-52 rounded-xl border bg-card text-card-foreground shadow-sm transition-shadow",
        step ? RING[step.status] : isRunShown && "opacity-75",
        !step && problems > 0 && "border-warning/70",
        selected && "outline-2 outline-ring outline-offset-2",
      )}
    >
      {kind?.acceptsEdges ? (
        <Handle
          type="target"
          position={Position.Left}
          isConnectable={isConnectable}
          className="workflow-handle"
        />
      ) : null}
      <div className="flex items-start gap-2.5 p-3">
        <NodeIcon kind={node.kind} />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium text-sm leading-5">{node.name}</p>
          <p className="truncate text-muted-foreground text-xs leading-4">{summary}</p>
        </div>
        {node.pin ? <Pinned /> : null}
        {problems > 0 && !step ? <Problems count={problems} /> : null}
      </div>
      {step ? <StepLine step={step} /> : null}
      {ports.length > 1 ? <PortRows ports={ports} isConnectable={isConnectable} /> : null}
      {ports.length === 1 && ports[0] ? (
        <Handle
          type="source"
          id={ports[0].id}
          position={Position.Right}
          isConnectable={isConnectable}
          className="workflow-handle"
        />
      ) : null}
    </div>
  );
});

/** Gives its pinned output in tests of the draft. */
export function Pinned() {
  return (
    <span title="Output pinned for tests" className="shrink-0 rounded-full bg-brand-soft p-1 text-brand">
      <Pin className="size-3" aria-hidden="true" />
      <span className="sr-only">Output pinned</span>
    </span>
  );
}

/**
 * React Flow knows connectors by what it measured: a renamed port changes no size. It measures a new node by itself, and
 * all of them together: one that is measured before the others would be all that the first view shows.
 */
export function useFollowedPorts(nodeId: string, ports: readonly Port[]): void {
  const update = useUpdateNodeInternals();
  const ids = ports.map(({ id }) => id).join();
  const known = useRef(ids);
  useEffect(() => {
    if (known.current === ids) return;
    known.current = ids;
    update(nodeId);
  }, [nodeId, ids, update]);
}

export function Problems({ count }: { count: number }) {
  const text = count === 1 ? "1 problem" : `${count} problems`;
  return (
    <span
      title={text}
      className="flex shrink-0 items-center gap-1 rounded-full bg-warning-soft px-1.5 py-0.5 font-medium text-warning text-xs"
    >
      <TriangleAlert className="size-3" aria-hidden="true" />
      <span aria-hidden="true">{count}</span>
      <span className="sr-only">{text}</span>
    </span>
  );
}

export function StepLine({ step, inline = false }: { step: LiveStep; inline?: boolean }) {
  const { icon: Icon, label, moving } = lookOf(step.status);
  const tone = { completed: "text-success", failed: "text-danger", running: "text-info" }[step.status];
  const costMicros = BigInt(step.costMicros ?? 0);
  const cost = costMicros > 0n ? formatMicros(costMicros) : "";
  const facts = [
    inline ? progressOf(step) : "",
    waitsUntil(step, Date.now()),
    step.completedAt ? durationOf(step, 0) : "",
    step.attempt > 1 ? `attempt ${step.attempt}` : "",
    cost,
  ]
    .filter(Boolean)
    .join(" · ");
  // The icon says as much, and there is no room for both the word and what the node cost or waits for.
  const isBrief = facts !== "" && (step.status === "completed" || step.status === "waiting");
  return (
    <div
      className={cn("flex items-center gap-1.5 text-xs", !inline && "border-t px-3 py-1.5")}
      data-status={step.status}
      title={facts === "" ? label : `${label}: ${facts}`}
    >
      <Icon
        className={cn("size-3.5 shrink-0", tone, moving && "animate-spin [animation-duration:2s]")}
        aria-hidden="true"
      />
      <span className={isBrief ? "sr-only" : cn("font-medium", tone)}>{label}</span>
      <span className={cn("tabular truncate text-muted-foreground", !isBrief && "ml-auto")}>{facts}</span>
    </div>
  );
}

export function PortRows({ ports, isConnectable }: { ports: readonly Port[]; isConnectable: boolean }) {
  return (
    <ul className="border-t py-1">
      {ports.map((port) => (
        <li
          key={port.id}
          className={cn(
            "relative px-3 py-1 text-right text-xs",
            port.id === ERROR_PORT.id ? "font-medium text-danger" : "text-muted-foreground",
          )}
        >
          <span className="block truncate">{port.label}</span>
          <Handle
            type="source"
            id={port.id}
            position={Position.Right}
            isConnectable={isConnectable}
            className={cn("workflow-handle", port.id === ERROR_PORT.id && "is-error")}
          />
        </li>
      ))}
    </ul>
  );
}
