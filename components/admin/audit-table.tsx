import { CursorPager } from "@/components/shared/data-table";
import { DateTime, TimeZoneNote } from "@/components/shared/date-time";
import { JsonView } from "@/components/shared/json-view";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { AuditRow } from "@/lib/admin/queries/audit";
import { actorWords, auditWords } from "@/lib/audit/words";
import { cn } from "@/lib/cn";
import type { Page } from "@/lib/paging";

/** What a phone shows below what was done. */
const WIDE = "max-sm:hidden";

/** What happened on the platform, newest first; what changed unfolds. */
export function AuditTable({ page }: { page: Page<AuditRow> }) {
  return (
    <>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead className={WIDE}>When</TableHead>
            <TableHead className={WIDE}>Who</TableHead>
            <TableHead>What</TableHead>
            <TableHead className={WIDE}>Tenant</TableHead>
            <TableHead className={WIDE}>Details</TableHead>
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
      <TableCell className={WIDE}>
        <DateTime value={row.createdAt} />
      </TableCell>
      <TableCell className={cn("wrap-anywhere min-w-36", WIDE)}>
        <Who row={row} />
      </TableCell>
      <TableCell className="wrap-anywhere sm:min-w-44">
        <span className="flex flex-wrap items-center gap-2">
          {auditWords(row.action)}
          {row.result === "denied" ? <Badge tone="danger">Refused</Badge> : null}
        </span>
        <span className="block font-mono text-muted-foreground text-xs sm:max-w-60 sm:truncate">
          {row.action} {row.targetId}
        </span>
        <div className="mt-1 grid gap-1 text-muted-foreground text-xs sm:hidden">
          <p>
            <Who row={row} />
            {row.tenantName ? <>, {row.tenantName}</> : null}, <DateTime value={row.createdAt} />
          </p>
          <Details row={row} />
        </div>
      </TableCell>
      <TableCell className={cn("min-w-28", WIDE)}>
        {row.tenantName ?? <span className="text-muted-foreground">none</span>}
      </TableCell>
      <TableCell className={cn("min-w-52 max-w-96", WIDE)}>
        <Details row={row} />
      </TableCell>
    </TableRow>
  );
}

function Who({ row }: { row: AuditRow }) {
  return (
    <>
      {actorWords(row)}
      {row.impersonatorId ? (
        <Badge tone="warning" className="ml-2">
          Visit
        </Badge>
      ) : null}
    </>
  );
}

function Details({ row }: { row: AuditRow }) {
  return (
    <>
      {row.reason ? <p className="wrap-anywhere mb-1 text-[0.8125rem]">{row.reason}</p> : null}
      <Change row={row} />
    </>
  );
}

function Change({ row }: { row: AuditRow }) {
  const hasChange = row.before !== null || row.after !== null;
  if (!hasChange && !row.ip) return <span className="text-muted-foreground max-sm:hidden">–</span>;
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
