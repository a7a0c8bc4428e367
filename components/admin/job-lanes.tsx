import { formatCount, formatDuration } from "@/components/shared/format";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { JobLane } from "@/lib/admin/queries/jobs";

/** Whose jobs wait, by function: the first place to look when something is slow. */
export function LaneTable({ lanes }: { lanes: readonly JobLane[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Job</TableHead>
          <TableHead>Tenant</TableHead>
          <TableHead className="text-right">In the queue</TableHead>
          <TableHead className="text-right">Oldest</TableHead>
          <TableHead className="text-right">Worked on</TableHead>
          <TableHead className="text-right">Tried again</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {lanes.map((lane) => (
          <TableRow key={`${lane.functionId} ${lane.key}`}>
            <TableCell className="font-medium">
              {lane.functionId}
              {lane.isPaused ? <span className="ml-2 text-muted-foreground text-xs">paused</span> : null}
            </TableCell>
            <TableCell className="wrap-anywhere">{lane.tenantName ?? (lane.key || "–")}</TableCell>
            <TableCell className="text-right tabular-nums">{formatCount(lane.due)}</TableCell>
            <TableCell className="text-right tabular-nums">
              {lane.due > 0 ? formatDuration(lane.oldestMs) : "–"}
            </TableCell>
            <TableCell className="text-right tabular-nums">{formatCount(lane.working)}</TableCell>
            <TableCell className="text-right tabular-nums">{formatCount(lane.retrying)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
