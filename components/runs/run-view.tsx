"use client";

import type { ReactNode } from "react";
import { RunTimeline } from "@/components/runs/run-timeline";
import { formatDuration } from "@/components/shared/format";
import { Money } from "@/components/shared/money";
import { PageHeader } from "@/components/shared/page-header";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { StatusBadge } from "@/components/shared/status-badge";
import { Alert } from "@/components/ui/alert";
import type { ServerAction } from "@/lib/result";
import { CancelRun } from "./cancel-run";
import { hasEnded, type LiveRun } from "./live-state";
import { type PlannedNode, runDurationMs, timelineRows } from "./timeline";
import { useLiveRun } from "./use-live-run";
import { useNow } from "./use-now";

export type RunViewProps = {
  initial: LiveRun;
  nodes: readonly PlannedNode[];
  /** The server's time of this render. */
  nowMs: number;
  name: string;
  /** Who started it, how, and which version. */
  description: ReactNode;
  createdAt: string;
  selectedNodeId: string | null;
  /** Null for those who may only look. */
  cancelAction: ServerAction<unknown> | null;
  /** Links beside the cancel button. */
  links: ReactNode;
  /** What the run was given and gave. */
  data: ReactNode;
  /** The details of the selected step. */
  children: ReactNode;
};

/** The trace of a run, moving while the run does. */
export function RunView({ initial, nodes, nowMs, children, ...props }: RunViewProps) {
  const run = useLiveRun(initial);
  const isOver = hasEnded(run);
  const now = useNow(nowMs, !isOver);
  const { execution } = run;
  const rows = timelineRows(run, nodes, now);
  const durationMs = runDurationMs(run, now);
  const settled = rows.filter((row) => ["completed", "skipped"].includes(row.status)).length;
  return (
    <>
      <PageHeader
        title={props.name}
        breadcrumb={[{ label: "Runs", href: "/app/runs" }, { label: execution.id.slice(0, 13) }]}
        badge={<StatusBadge status={execution.status} />}
        description={
          <>
            {props.description} <RelativeTime value={props.createdAt} />.
          </>
        }
        actions={
          <>
            {props.links}
            {isOver || !props.cancelAction ? null : (
              <CancelRun executionId={execution.id} action={props.cancelAction} />
            )}
          </>
        }
      />
      {execution.errorMessage ? (
        <Alert tone="danger" title="The run failed" className="mb-4">
          {execution.errorMessage}
        </Alert>
      ) : null}
      <StatGrid className="mb-6">
        <StatTile label={isOver ? "Cost" : "Cost so far"} value={<Money micros={execution.costMicros} />} />
        <StatTile label="Duration" value={durationMs === null ? "–" : formatDuration(durationMs)} />
        <StatTile label="Nodes done" value={`${settled} of ${rows.length}`} />
      </StatGrid>
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,5fr)_minmax(0,4fr)] xl:grid-rows-[auto_1fr]">
        <RunTimeline rows={rows} selectedNodeId={props.selectedNodeId} />
        <div className="scrollbar-thin rounded-xl xl:sticky xl:top-20 xl:col-start-2 xl:row-span-2 xl:row-start-1 xl:max-h-[calc(100dvh-6rem)] xl:overflow-y-auto">
          {children}
        </div>
        <div className="grid gap-6">{props.data}</div>
      </div>
    </>
  );
}
