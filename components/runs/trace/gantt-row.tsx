"use client";

import { ChevronRight, ExternalLink, Pin, Recycle } from "lucide-react";
import type { ReactNode } from "react";
import { formatCount, formatDuration } from "@/components/shared/format";
import { lookOf } from "@/components/shared/status";
import { Link } from "@/components/ui/link";
import { NodeIcon } from "@/components/workflows/editor/node-icon";
import { cn } from "@/lib/cn";
import { formatMicros } from "@/lib/money";
import { shownRunStatus } from "../labels";
import { BarTrack } from "./bar-track";
import { type LivePart, type LiveStep, totalOf } from "./model";
import type { TraceRow } from "./rows";
import { partSegments, type Segment, type Span, shownStatus, stepSegments } from "./segments";

/** The columns of the axis and of every row: names, time, figures. Narrow windows have no column for time. */
export const COLUMNS =
  "grid grid-cols-[minmax(0,1fr)_4.75rem] items-center gap-x-3 px-4 sm:grid-cols-[minmax(9rem,17rem)_minmax(0,1fr)_4.75rem]";

export const ROW_HEIGHT = 54;

type Face = {
  icon: ReactNode;
  name: string;
  note: ReactNode;
  segments: readonly Segment[];
  durationMs: number | null;
  costMicros: string;
};

/** One line of the trace: what it is, how it stands, when it ran, how long, and what it cost. */
export function GanttRow({
  row,
  view,
  nowMs,
  queue,
  isActive,
  onToggle,
}: {
  row: TraceRow;
  view: Span;
  nowMs: number;
  queue: Span;
  isActive: boolean;
  onToggle: (row: TraceRow) => void;
}) {
  const face = faceOf(row, nowMs, queue);
  const isOpen = row.type === "step" || row.type === "part" ? row.isOpen : null;
  return (
    <div className={cn(COLUMNS, "relative h-full", row.type === "planned" && "text-muted-foreground")}>
      <div
        className="flex min-w-0 items-center gap-2"
        style={{ paddingLeft: Math.min(row.level - 1, 8) * 18 }}
      >
        {isOpen === null ? (
          <span className="size-6 shrink-0" />
        ) : (
          <button
            type="button"
            tabIndex={-1}
            aria-label={isOpen ? `Fold ${face.name}` : `Unfold ${face.name}`}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(row);
            }}
            className="grid size-6 shrink-0 place-items-center rounded-md text-muted-foreground hover:bg-accent hover:text-foreground"
          >
            <ChevronRight
              className={cn("size-4 transition-transform", isOpen && "rotate-90")}
              aria-hidden="true"
            />
          </button>
        )}
        {face.icon}
        <span className="min-w-0">
          <span className="flex items-center gap-1.5">
            <span className="truncate font-medium text-sm">{face.name}</span>
            {row.type === "part" ? <OwnPage part={row.part} label={row.label} isActive={isActive} /> : null}
          </span>
          <span className="flex min-w-0 items-center gap-1 text-muted-foreground text-xs">{face.note}</span>
        </span>
      </div>
      <BarTrack segments={face.segments} view={view} />
      <div className="tabular text-right text-muted-foreground text-xs">
        {face.durationMs === null ? "" : formatDuration(face.durationMs)}
        <span className="block text-foreground">
          {face.costMicros === "0" ? "" : formatMicros(BigInt(face.costMicros), { exact: true })}
        </span>
      </div>
    </div>
  );
}

function faceOf(row: TraceRow, nowMs: number, queue: Span): Face {
  switch (row.type) {
    case "step":
      return stepFace(row.step, nowMs);
    case "part":
      return partFace(row.part, row.label, nowMs);
    case "planned": {
      const { node, status } = row;
      return {
        ...BLANK,
        icon: <NodeIcon kind={node.kind} className="opacity-50" />,
        name: node.name,
        note: <StatusNote status={status} />,
      };
    }
    case "queue":
      return {
        ...BLANK,
        name: "In the queue",
        note: "Before it could start",
        segments: [{ kind: "wait", ...queue }],
        durationMs: queue.toMs - queue.fromMs,
      };
    case "unread":
      return { ...BLANK, name: "…" };
  }
}

const BLANK: Face = { icon: null, name: "", note: null, segments: [], durationMs: null, costMicros: "0" };

function stepFace(step: LiveStep, nowMs: number): Face {
  const segments = stepSegments(step, nowMs);
  const hasStarted = step.startedAt !== null;
  return {
    icon: <NodeIcon kind={step.kind} className={cn(!hasStarted && "opacity-50")} />,
    name: step.name,
    note: (
      <>
        <StatusNote status={shownStatus(step)} />
        <span className="truncate">{stepNote(step)}</span>
        {step.reused ? <TakenOver /> : null}
        {step.isPinned ? (
          <span className="flex items-center gap-0.5 text-brand">
            <Pin className="size-3.5 shrink-0" aria-hidden="true" /> pinned
          </span>
        ) : null}
      </>
    ),
    segments: step.reused ? [] : segments,
    durationMs:
      hasStarted && !step.reused ? (segments.at(-1)?.toMs ?? nowMs) - (segments[0]?.fromMs ?? nowMs) : null,
    costMicros: step.reused ? "0" : step.costMicros,
  };
}

function TakenOver() {
  return (
    <span className="flex min-w-0 items-center gap-0.5 text-info" title="From the earlier run">
      <Recycle className="size-3.5 shrink-0" aria-hidden="true" />
      <span className="truncate">taken over</span>
    </span>
  );
}

function stepNote(step: LiveStep): string {
  const notes: string[] = [];
  const { retrying } = step;
  // Where there is little room, why nothing goes on is seen first.
  if (retrying) notes.push(`${formatCount(retrying.count)} tried again`);
  if (step.parts) notes.push(progressOf(step));
  if (step.attempt > 1) notes.push(`attempt ${step.attempt}`);
  const note = notes.filter(Boolean).join(", ");
  return retrying ? `${note}: ${retrying.message}` : note;
}

/** `1 failed, 12 of 40 done`: where there is little room, what went wrong is seen first. */
function progressOf({ kind, parts, partsInAll }: LiveStep): string {
  const counts = parts ?? {};
  const total = Math.max(totalOf(counts), partsInAll ?? 0);
  if (total === 0 || (kind === "workflow" && total === 1)) return "";
  const failed = counts.failed ?? 0;
  const done = `${formatCount(counts.completed ?? 0)} of ${formatCount(total)} done`;
  return failed === 0 ? done : `${formatCount(failed)} failed, ${done}`;
}

function partFace(part: LivePart, label: string, nowMs: number): Face {
  const segments = partSegments(part, nowMs);
  const last = segments.at(-1);
  return {
    icon: null,
    name: label,
    note: (
      <>
        <StatusNote status={part.retryMessage === null ? shownRunStatus(part) : "retrying"} />
        {part.isTakenOver ? <TakenOver /> : null}
        <span className="truncate">{part.errorMessage ?? part.retryMessage}</span>
      </>
    ),
    segments: part.isTakenOver ? [] : segments,
    durationMs: part.startedAt && last && !part.isTakenOver ? last.toMs - last.fromMs : null,
    costMicros: part.costMicros,
  };
}

function OwnPage({ part, label, isActive }: { part: LivePart; label: string; isActive: boolean }) {
  return (
    <Link
      href={`/app/runs/${part.id}`}
      tabIndex={isActive ? 0 : -1}
      title="Open as its own page"
      aria-label={`Open ${label} as its own page`}
      onClick={(event) => event.stopPropagation()}
      className="grid size-6 shrink-0 place-items-center rounded-md text-muted-foreground hover:bg-accent hover:text-foreground"
    >
      <ExternalLink className="size-3.5" aria-hidden="true" />
    </Link>
  );
}

const TEXT: Readonly<Record<string, string>> = {
  running: "text-info",
  retrying: "text-warning",
  waiting: "text-warning",
  failed: "text-danger",
  completed: "text-success",
};

function StatusNote({ status }: { status: string }) {
  const { icon: Icon, label, moving } = lookOf(status);
  return (
    <span className={cn("flex shrink-0 items-center gap-1", TEXT[status])}>
      <Icon className={cn("size-3.5", moving && "animate-spin [animation-duration:2s]")} aria-hidden="true" />
      {label}
    </span>
  );
}
