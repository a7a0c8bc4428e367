import { DateTime } from "@/components/shared/date-time";
import { formatCount, formatDuration } from "@/components/shared/format";
import { SectionHeader } from "@/components/shared/page-header";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { JobStats } from "@/lib/admin/queries/jobs";

/** The queue now, and what ended in the last day. */
export function QueueFigures({ stats }: { stats: JobStats }) {
  return (
    <div className="grid gap-6">
      <section>
        <SectionHeader title="Now" />
        <StatGrid>
          <StatTile label="In the queue" value={formatCount(stats.queueDepth)} note="due, not taken yet" />
          <StatTile
            label="Oldest of them"
            value={stats.queueDepth > 0 ? formatDuration(stats.oldestJobAgeMs) : "–"}
            note="has been due"
          />
          <StatTile label="Being worked on" value={formatCount(stats.leased)} />
          <StatTile label="Scheduled" value={formatCount(stats.scheduled)} note="sleeps and retries" />
          <StatTile label="Waiting" value={formatCount(stats.waiting)} note="for an event" />
          <StatTile label="Events to route" value={formatCount(stats.unroutedEvents)} />
        </StatGrid>
      </section>
      <section>
        <SectionHeader title="Last 24 hours" />
        <StatGrid>
          <StatTile label="Queued" value={formatCount(stats.queuedRuns)} />
          <StatTile label="Running" value={formatCount(stats.runningRuns)} />
          <StatTile label="Completed" value={formatCount(stats.completedRuns)} />
          <StatTile label="Failed" value={formatCount(stats.failedRuns)} />
          <StatTile label="Cancelled" value={formatCount(stats.cancelledRuns)} />
        </StatGrid>
      </section>
    </div>
  );
}

export function FailureTable({ failures }: { failures: JobStats["recentFailures"] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Job</TableHead>
          <TableHead>Message</TableHead>
          <TableHead>Ended</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {failures.map((failure) => (
          <TableRow key={failure.runId} className="align-top">
            <TableCell>
              <span className="font-medium">{failure.functionId}</span>
              <span className="block font-mono text-muted-foreground text-xs">{failure.runId}</span>
            </TableCell>
            <TableCell className="wrap-anywhere min-w-60">
              <span className="line-clamp-4 text-[0.8125rem]">{failure.message || "No message"}</span>
            </TableCell>
            <TableCell>
              <DateTime value={failure.endedAt} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
