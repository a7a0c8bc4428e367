import { formatDuration } from "@/components/shared/format";
import { RelativeTime } from "@/components/shared/relative-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Alert } from "@/components/ui/alert";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { JobProcess } from "@/lib/admin/queries/jobs";

/** Every process tells of itself each ten seconds. */
const SILENT_MS = 45_000;
/** Standing still is worth a look when people noticed it, and for an hour. */
const NOTICED_MS = 2_000;
const RECENT_MS = 3_600_000;

function isSilent(process: JobProcess): boolean {
  return process.silentMs > SILENT_MS;
}

/** What is wrong with the processes, before any figure. Nothing when all is well. */
export function ProcessAlerts({ processes, now }: { processes: readonly JobProcess[]; now: Date }) {
  const blocked = processes.filter(
    ({ blockedMs, blockedAt }) =>
      (blockedMs ?? 0) >= NOTICED_MS && blockedAt && now.getTime() - blockedAt.getTime() < RECENT_MS,
  );
  if (blocked.length === 0) return null;
  const longestMs = Math.max(...blocked.map(({ blockedMs }) => blockedMs ?? 0));
  return (
    <Alert
      tone="warning"
      title={blocked.length === 1 ? "A process stood still" : `${blocked.length} processes stood still`}
    >
      {blocked.map(({ name }) => name).join(", ")} answered nobody for up to {formatDuration(longestMs)}{" "}
      within the last hour. A process that computes without a pause, or is suspended, keeps everything it
      serves waiting; its log says when. If this happens again and again, give it more processors or run more
      workers.
    </Alert>
  );
}

/** The processes that work on jobs, with how their threads do. */
export function ProcessTable({ processes }: { processes: readonly JobProcess[] }) {
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>Process</TableHead>
          <TableHead>Started</TableHead>
          <TableHead numeric>Computes</TableHead>
          <TableHead>Stood still</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {processes.map((process) => (
          <TableRow key={process.id}>
            <TableCell className="min-w-44">
              <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <span className="wrap-anywhere font-mono text-[0.8125rem]">{process.name}</span>
                {isSilent(process) ? <StatusBadge status="failed" label="Silent" /> : null}
              </span>
              {isSilent(process) ? (
                <span className="block text-muted-foreground text-xs">
                  not heard of for {formatDuration(process.silentMs)}
                </span>
              ) : null}
            </TableCell>
            <TableCell label="Started">
              <RelativeTime value={process.startedAt} />
            </TableCell>
            <TableCell label="Computes" numeric>
              {Math.round(process.busy * 100)} %
            </TableCell>
            <TableCell label="Stood still">
              {process.blockedAt && process.blockedMs !== null ? (
                <span className="whitespace-nowrap">
                  {formatDuration(process.blockedMs)}, <RelativeTime value={process.blockedAt} />
                </span>
              ) : (
                <span className="text-muted-foreground">never</span>
              )}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
