"use client";

import Link from "next/link";
import { formatDuration } from "@/components/shared/format";
import { lookOf } from "@/components/shared/status";
import { Card, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { NodeIcon } from "@/components/workflows/editor/node-icon";
import { cn } from "@/lib/cn";
import { formatMicros } from "@/lib/money";
import type { TimelineRow } from "./timeline";

/** The nodes of a run as bars over time. Each row opens its details. */
export function RunTimeline({
  rows,
  selectedNodeId,
}: {
  rows: readonly TimelineRow[];
  selectedNodeId: string | null;
}) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>Timeline</CardTitle>
        <CardDescription>
          Pick a node to see what it was given, what it gave and what it cost.
        </CardDescription>
      </CardHeader>
      {rows.length === 0 ? (
        <p className="px-5 py-8 text-center text-muted-foreground text-sm">
          The first node starts in a moment.
        </p>
      ) : (
        <ol className="mt-4 divide-y border-t">
          {rows.map((row) => (
            <li key={row.key}>
              <Row row={row} isSelected={row.nodeId === selectedNodeId} />
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function Row({ row, isSelected }: { row: TimelineRow; isSelected: boolean }) {
  const { label } = lookOf(row.status);
  const hasStarted = row.durationMs !== null;
  const content = (
    <>
      <NodeIcon kind={row.kind} className={cn(!hasStarted && "opacity-50")} />
      <span className="min-w-0">
        <span className="block truncate font-medium text-sm">{row.name}</span>
        <StatusLine row={row} label={label} />
      </span>
      <Bar row={row} />
      <span className="tabular text-right text-muted-foreground text-xs">
        {hasStarted ? formatDuration(row.durationMs ?? 0) : ""}
        <span className="block text-foreground">
          {row.costMicros === "0" ? "" : formatMicros(BigInt(row.costMicros), { exact: true })}
        </span>
      </span>
    </>
  );
  const layout =
    "grid grid-cols-[2rem_minmax(0,1fr)_5rem] items-center gap-x-3 gap-y-1.5 px-5 py-2.5 sm:grid-cols-[2rem_minmax(7rem,11rem)_minmax(0,1fr)_5rem]";
  if (!hasStarted) return <div className={cn(layout, "text-muted-foreground")}>{content}</div>;
  return (
    <Link
      href={`?node=${encodeURIComponent(row.nodeId)}`}
      scroll={false}
      replace
      onClick={showDetails}
      aria-current={isSelected ? "true" : undefined}
      className={cn(
        layout,
        "transition-colors hover:bg-muted/60 focus-visible:outline-2 focus-visible:outline-ring focus-visible:outline-offset-[-2px]",
        isSelected && "bg-brand-soft/60 hover:bg-brand-soft/60",
      )}
    >
      {content}
    </Link>
  );
}

/** Where the details are under the list rather than beside it, a pick leads down to them. */
function showDetails() {
  if (matchMedia("(min-width: 80rem)").matches) return;
  document.getElementById("step")?.scrollIntoView({ behavior: "smooth" });
}

function StatusLine({ row, label }: { row: TimelineRow; label: string }) {
  const { icon: Icon, moving } = lookOf(row.status);
  return (
    <span className={cn("flex items-center gap-1 text-xs", TEXT[row.status] ?? "text-muted-foreground")}>
      <Icon className={cn("size-3.5", moving && "animate-spin [animation-duration:2s]")} aria-hidden="true" />
      {label}
      {row.attempt > 1 ? `, attempt ${row.attempt}` : ""}
    </span>
  );
}

const TEXT: Readonly<Record<string, string>> = {
  running: "text-info",
  retrying: "text-warning",
  failed: "text-danger",
  completed: "text-success",
};

const FILL: Readonly<Record<string, string>> = {
  running: "bg-info",
  retrying: "bg-warning",
  failed: "bg-danger",
  completed: "bg-success",
};

function Bar({ row }: { row: TimelineRow }) {
  if (row.durationMs === null) return <span className="hidden sm:block" />;
  return (
    <span
      className="relative order-last col-span-3 h-2 rounded-full bg-muted sm:order-none sm:col-span-1"
      aria-hidden="true"
    >
      <span
        className={cn("absolute inset-y-0 min-w-1 rounded-full", FILL[row.status] ?? "bg-muted-foreground")}
        style={{ left: `min(${row.from * 100}%, calc(100% - 0.25rem))`, width: `${row.width * 100}%` }}
      />
    </span>
  );
}
