import { formatCount, formatDuration } from "@/components/shared/format";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { Link } from "@/components/ui/link";
import {
  Table,
  TableBody,
  TableCaption,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { TenantBacklog } from "@/lib/admin/queries/jobs";

/** The runs of all workspaces by status. */
export function BacklogFigures({ backlog }: { backlog: readonly TenantBacklog[] }) {
  const sum = (name: "pending" | "running" | "waiting" | "failed") =>
    formatCount(backlog.reduce((total, tenant) => total + tenant[name], 0));
  const oldestMs = Math.max(0, ...backlog.map((tenant) => tenant.oldestPendingMs));
  return (
    <StatGrid>
      <StatTile
        label="Pending"
        value={sum("pending")}
        note={oldestMs > 0 ? `oldest for ${formatDuration(oldestMs)}` : "not begun"}
      />
      <StatTile label="Running" value={sum("running")} />
      <StatTile label="Waiting" value={sum("waiting")} note="for a time, a person or a run" />
      <StatTile label="Failed" value={sum("failed")} note="in the last 24 hours" />
    </StatGrid>
  );
}

const MOST_ROWS = 50;

/** The same by workspace, the fullest line first. */
export function BacklogTable({ backlog }: { backlog: readonly TenantBacklog[] }) {
  if (backlog.length === 0) {
    return (
      <p className="rounded-lg border border-dashed px-4 py-6 text-muted-foreground text-sm">
        No run is on its way, and none has failed in the last 24 hours.
      </p>
    );
  }
  return (
    <Table folds>
      <TableHeader>
        <TableRow>
          <TableHead>Tenant</TableHead>
          <TableHead numeric>Pending</TableHead>
          <TableHead numeric>Oldest</TableHead>
          <TableHead numeric>Running</TableHead>
          <TableHead numeric>Waiting</TableHead>
          <TableHead numeric>Failed, 24 h</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {backlog.slice(0, MOST_ROWS).map((tenant) => (
          <TableRow key={tenant.tenantId}>
            <TableCell className="wrap-anywhere min-w-40">
              <Link href={`/admin/tenants/${tenant.tenantId}`} className="rounded-sm hover:underline">
                {tenant.tenantName}
              </Link>
            </TableCell>
            <TableCell label="Pending" numeric>
              {formatCount(tenant.pending)}
            </TableCell>
            <TableCell label="Oldest" numeric>
              {tenant.pending > 0 ? formatDuration(tenant.oldestPendingMs) : "–"}
            </TableCell>
            <TableCell label="Running" numeric>
              {formatCount(tenant.running)}
            </TableCell>
            <TableCell label="Waiting" numeric>
              {formatCount(tenant.waiting)}
            </TableCell>
            <TableCell label="Failed, 24 h" numeric>
              {formatCount(tenant.failed)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
      {backlog.length > MOST_ROWS ? (
        <TableCaption>and {formatCount(backlog.length - MOST_ROWS)} more with less in line</TableCaption>
      ) : null}
    </Table>
  );
}
