"use client";

import { X } from "lucide-react";
import { StatusBadge } from "@/components/shared/status-badge";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { cn } from "@/lib/cn";
import { formatMicros } from "@/lib/money";
import { hasEnded, type LiveRun, nodesDone } from "./live-run";
import { RunQuestion } from "./run-question";

/** The run that is shown on the canvas: how it is doing, what it cost so far, and its full trace. */
export function RunBar({ run, total, onClose }: { run: LiveRun; total: number; onClose: () => void }) {
  const cost = BigInt(run.costMicros);
  return (
    <div className="@container pointer-events-none absolute inset-x-0 top-3 z-10 flex justify-center px-2">
      <section
        aria-label="Run"
        className="pointer-events-auto flex min-w-0 items-center gap-2 rounded-full border bg-popover py-1.5 pr-1.5 pl-3 text-sm shadow-md"
      >
        <span aria-live="polite">
          <StatusBadge status={run.status} />
        </span>
        <span
          className={cn(
            "tabular hidden min-w-0 truncate text-muted-foreground",
            run.error ? "@2xl:inline" : "@sm:inline",
          )}
        >
          {nodesDone(run, total)}
        </span>
        {cost > 0n ? <span className="tabular shrink-0">{formatMicros(cost)}</span> : null}
        {run.error ? (
          <span className="min-w-0 max-w-80 truncate text-danger" title={run.error}>
            {run.error}
          </span>
        ) : null}
        {hasEnded(run) ? null : <RunQuestion run={run} />}
        <Button asChild variant="outline" size="sm" className="rounded-full">
          <Link href={`/app/runs/${run.executionId}`}>Open the trace</Link>
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          className="rounded-full"
          onClick={onClose}
          aria-label={hasEnded(run) ? "Put the run away" : "Put the run away; it goes on"}
        >
          <X aria-hidden="true" />
        </Button>
      </section>
    </div>
  );
}
