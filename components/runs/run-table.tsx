import { Bot, Workflow } from "lucide-react";
import { RowLink } from "@/components/shared/data-table";
import { formatDuration } from "@/components/shared/format";
import { Money } from "@/components/shared/money";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { RunSummary } from "@/lib/runs/run-columns";
import { TRIGGER_LABELS } from "./labels";

function durationOf({ startedAt, completedAt }: RunSummary): string {
  if (!startedAt || !completedAt) return "–";
  return formatDuration(completedAt.getTime() - startedAt.getTime());
}

/** Runs, each leading to its trace. */
export function RunTable({ runs }: { runs: readonly RunSummary[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Run</TableHead>
          <TableHead>Status</TableHead>
          <TableHead>Started</TableHead>
          <TableHead numeric>Duration</TableHead>
          <TableHead numeric>Cost</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {runs.map((run) => (
          <TableRow key={run.id}>
            <TableCell className="min-w-52 max-w-96">
              <RunName run={run} />
            </TableCell>
            <TableCell>
              <StatusBadge status={run.status} />
            </TableCell>
            <TableCell className="whitespace-nowrap text-muted-foreground">
              <RelativeTime value={run.createdAt} />
              <span className="block text-xs">
                {TRIGGER_LABELS[run.trigger]}
                {run.startedByName ? `, ${run.startedByName}` : ""}
              </span>
            </TableCell>
            <TableCell numeric>{durationOf(run)}</TableCell>
            <TableCell numeric>
              <Money micros={run.costMicros} className="relative" />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function RunName({ run }: { run: RunSummary }) {
  const Icon = run.workflowId ? Workflow : Bot;
  return (
    <>
      <RowLink href={`/app/runs/${run.id}`} className="wrap-anywhere inline-flex items-center gap-2">
        <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden="true" />
        <span className="sr-only">{run.workflowId ? "Workflow" : "Agent"}</span>
        {run.name}
      </RowLink>
      <span className="line-clamp-2 text-muted-foreground text-xs">
        {run.errorMessage ?? <span className="font-mono">{run.id.slice(0, 13)}</span>}
      </span>
    </>
  );
}
