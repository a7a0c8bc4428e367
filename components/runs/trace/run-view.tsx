"use client";

import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useCallback, useMemo, useState, useTransition } from "react";
import { formatCount, formatDuration } from "@/components/shared/format";
import { Money } from "@/components/shared/money";
import { PageHeader } from "@/components/shared/page-header";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { StatusBadge } from "@/components/shared/status-badge";
import { Alert } from "@/components/ui/alert";
import type { Crumb } from "@/components/ui/breadcrumb";
import { Card, CardDescription, CardHeader, CardTitle } from "@/components/ui/card";
import { cn } from "@/lib/cn";
import type { ServerAction } from "@/lib/result";
import { CancelRun } from "../cancel-run";
import { shownRunStatus } from "../labels";
import { FIT, ZoomControls } from "./axis";
import { Gantt } from "./gantt";
import { LiveMark } from "./live-mark";
import { isOver, totalOf } from "./model";
import { type PlannedNode, type TraceRow, traceRows } from "./rows";
import type { Span } from "./segments";
import { useNow } from "./use-now";
import { type OpenedTrace, useTrace } from "./use-trace";

/** A shorter stand in the queue is not worth a row. */
const SHOWN_QUEUE_MS = 500;

export type RunViewProps = {
  opened: OpenedTrace;
  planned: readonly PlannedNode[];
  /** The server's time of this render. */
  nowMs: number;
  name: string;
  breadcrumb: readonly Crumb[];
  /** Who started it, how, and which version. */
  description: ReactNode;
  createdAt: string;
  selected: { stepId: string; index: number } | null;
  /** Null for those who may only look. */
  cancelAction: ServerAction<unknown> | null;
  /** What else can be done with the run. */
  actions: ReactNode;
  /** What it came from, what came of it, and why it waits. */
  notes: ReactNode;
  /** What the run was given and gave. */
  data: ReactNode;
  /** The details of the selected step. */
  children: ReactNode;
};

/** The trace of a run, moving while the run does. */
export function RunView({ opened, planned, nowMs, selected, children, ...props }: RunViewProps) {
  const [picked, setPicked] = useState(selected?.stepId ?? null);
  const [wasSelected, setWasSelected] = useState(selected?.stepId ?? null);
  if (wasSelected !== (selected?.stepId ?? null)) {
    setWasSelected(selected?.stepId ?? null);
    setPicked(selected?.stepId ?? null);
  }
  const { state, connection, show } = useTrace(opened, picked);
  const { run } = state;
  const hasEnded = isOver(run);
  const now = useNow(nowMs, !hasEnded);
  const [isOpening, startOpening] = useTransition();
  const router = useRouter();
  const pathname = usePathname();
  const [zoom, setZoom] = useState(FIT);
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set(opened.path.flatMap(({ stepId, executionId }) => [stepId, executionId])),
  );

  const { queue, span } = spansOf(props.createdAt, run, now);
  const hasQueue = queue.toMs - queue.fromMs >= SHOWN_QUEUE_MS;
  const rows = useMemo(() => traceRows(state, open, planned, hasQueue), [state, open, planned, hasQueue]);
  const toggle = useCallback((row: TraceRow) => setOpen((before) => toggled(before, row.key)), []);
  const select = (stepId: string) => {
    setPicked(stepId);
    startOpening(() => router.replace(`${pathname}?step=${stepId}`, { scroll: false }));
    showDetails();
  };
  const hasRun = rows.length > 0 || !hasEnded;
  const unreached = rows.filter((row) => row.type === "planned").length;
  const done = (run.counts.completed ?? 0) + (run.counts.skipped ?? 0) - run.leftOut;
  return (
    <>
      <PageHeader
        title={props.name}
        breadcrumb={props.breadcrumb}
        badge={
          <>
            <StatusBadge status={shownRunStatus(run)} />
            <LiveMark connection={connection} />
          </>
        }
        description={
          <>
            {props.description} <RelativeTime value={props.createdAt} />.
          </>
        }
        actions={
          <>
            {props.actions}
            {hasEnded || !props.cancelAction ? null : (
              <CancelRun executionId={run.id} action={props.cancelAction} />
            )}
          </>
        }
      />
      {run.errorMessage ? (
        <Alert tone="danger" title="The run failed" className="mb-4">
          {run.errorMessage}
        </Alert>
      ) : null}
      {props.notes}
      <StatGrid className="mb-6">
        <StatTile label={hasEnded ? "Cost" : "Cost so far"} value={<Money micros={run.costMicros} />} />
        <StatTile
          label="Duration"
          value={run.startedAt && hasRun ? formatDuration(span.toMs - Date.parse(run.startedAt)) : "–"}
          note={hasQueue ? `after ${formatDuration(queue.toMs - queue.fromMs)} in the queue` : undefined}
        />
        <StatTile
          label="Steps done"
          value={
            hasRun
              ? `${formatCount(done)} of ${formatCount(totalOf(run.counts) - run.leftOut + unreached)}`
              : "–"
          }
          note={notDone(run) || undefined}
        />
      </StatGrid>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 xl:grid-cols-[minmax(0,5fr)_minmax(0,4fr)] xl:grid-rows-[auto_1fr]">
        <Card>
          <CardHeader className="mb-3 flex flex-wrap items-start justify-between gap-x-4 sm:flex-nowrap">
            <div>
              <CardTitle>Timeline</CardTitle>
              <CardDescription>
                Pick a step to see what it was given, what it gave and what it cost.
              </CardDescription>
            </div>
            <ZoomControls zoom={zoom} onChange={setZoom} />
          </CardHeader>
          {rows.length === 0 ? (
            <p className="border-t px-5 py-8 text-center text-muted-foreground text-sm">
              {hasEnded ? "Nothing of it ran here." : "The first step starts in a moment."}
            </p>
          ) : (
            <div className="border-t">
              <Gantt
                rows={rows}
                span={span}
                queue={queue}
                nowMs={now}
                zoom={zoom}
                selectedStepId={picked}
                firstIndex={opened.path[0]?.stepIndex ?? selected?.index ?? 0}
                onSelect={select}
                onToggle={toggle}
                onShow={show}
              />
            </div>
          )}
        </Card>
        <div
          aria-busy={isOpening}
          className={cn(
            "scrollbar-thin rounded-xl transition-opacity xl:sticky xl:top-20 xl:col-start-2 xl:row-span-2 xl:row-start-1 xl:max-h-[calc(100dvh-6rem)] xl:overflow-y-auto",
            isOpening && "opacity-60",
          )}
        >
          {children}
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-6">{props.data}</div>
      </div>
    </>
  );
}

/** What was passed over and what failed, of the steps that it was asked for. */
function notDone({ counts, leftOut }: { counts: Readonly<Record<string, number>>; leftOut: number }): string {
  const skipped = (counts.skipped ?? 0) - leftOut;
  return [
    ...(skipped > 0 ? [`${formatCount(skipped)} skipped`] : []),
    ...(counts.failed ? [`${formatCount(counts.failed)} failed`] : []),
  ].join(", ");
}

function toggled(open: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(open);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** When it stood in line, and all the time there is to show. */
function spansOf(
  createdAt: string,
  run: { startedAt: string | null; completedAt: string | null },
  nowMs: number,
): { queue: Span; span: Span } {
  const createdMs = Date.parse(createdAt);
  const endMs = Math.max(createdMs + 1, run.completedAt ? Date.parse(run.completedAt) : nowMs);
  const startedMs = run.startedAt ? Math.max(createdMs, Date.parse(run.startedAt)) : endMs;
  const hasQueue = startedMs - createdMs >= SHOWN_QUEUE_MS;
  const fromMs = hasQueue ? createdMs : Math.min(startedMs, endMs - 1);
  return { queue: { fromMs: createdMs, toMs: startedMs }, span: { fromMs, toMs: endMs } };
}

/** Where the details are under the list rather than beside it, a pick leads down to them. */
function showDetails() {
  if (matchMedia("(min-width: 80rem)").matches) return;
  document.getElementById("step")?.scrollIntoView({ behavior: "smooth" });
}
