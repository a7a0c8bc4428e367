import { CursorPager } from "@/components/shared/data-table";
import { DateTime, TimeZoneNote } from "@/components/shared/date-time";
import { JsonView } from "@/components/shared/json-view";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { AuditRow } from "@/lib/admin/queries/audit";
import type { Page } from "@/lib/paging";

const HEADINGS = ["When", "Who", "What", "Tenant", "Details"] as const;

/** What happened on the platform, newest first; what changed unfolds. */
export function AuditTable({ page }: { page: Page<AuditRow> }) {
  return (
    <>
      <Table>
        <TableHeader>
          <TableRow>
            {HEADINGS.map((heading) => (
              <TableHead key={heading}>{heading}</TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {page.items.map((row) => (
            <Entry key={row.id} row={row} />
          ))}
        </TableBody>
      </Table>
      <CursorPager nextCursor={page.nextCursor} note={<TimeZoneNote />} />
    </>
  );
}

function Entry({ row }: { row: AuditRow }) {
  return (
    <TableRow className="align-top">
      <TableCell>
        <DateTime value={row.createdAt} />
      </TableCell>
      <TableCell className="wrap-anywhere min-w-36">
        {row.actorEmail ?? row.actorId ?? row.actorKind}
        {row.impersonatorId ? (
          <Badge tone="warning" className="ml-2">
            Visit
          </Badge>
        ) : null}
      </TableCell>
      <TableCell>
        <span className="flex flex-wrap items-center gap-2">
          <code className="font-mono text-[0.8125rem]">{row.action}</code>
          {row.result === "denied" ? <Badge tone="danger">Refused</Badge> : null}
        </span>
        <span
          className="block max-w-60 truncate font-mono text-muted-foreground text-xs"
          title={row.targetId ?? ""}
        >
          {row.targetType} {row.targetId}
        </span>
      </TableCell>
      <TableCell className="min-w-28">
        {row.tenantName ?? <span className="text-muted-foreground">none</span>}
      </TableCell>
      <TableCell className="min-w-52 max-w-96">
        {row.reason ? <p className="wrap-anywhere mb-1 text-[0.8125rem]">{row.reason}</p> : null}
        <Details row={row} />
      </TableCell>
    </TableRow>
  );
}

function Details({ row }: { row: AuditRow }) {
  const hasChange = row.before !== null || row.after !== null;
  if (!hasChange && !row.ip) return <span className="text-muted-foreground">–</span>;
  return (
    <details className="text-[0.8125rem]">
      <summary className="min-h-6 w-fit cursor-pointer rounded-sm py-0.5 text-brand marker:text-muted-foreground">
        {hasChange ? "Before and after" : "Where from"}
      </summary>
      <div className="mt-2 grid gap-2">
        {row.before === null ? null : <JsonView value={row.before} title="Before" />}
        {row.after === null ? null : <JsonView value={row.after} title="After" />}
        {row.ip ? <p className="font-mono text-muted-foreground text-xs">{row.ip}</p> : null}
      </div>
    </details>
  );
}
