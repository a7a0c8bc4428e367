import { DateTime } from "@/components/shared/date-time";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { AuditRow } from "@/lib/audit/queries";
import { auditWords } from "@/lib/audit/words";
import { cn } from "@/lib/cn";

function fieldsOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === "";

function shown(value: unknown): string {
  if (isEmpty(value)) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What changed, one line for each field. */
function Changes({ row }: { row: AuditRow }) {
  const before = new Map(fieldsOf(row.before));
  const after = new Map(fieldsOf(row.after));
  const fields = [...new Set([...before.keys(), ...after.keys()])].filter(
    (field) => !isEmpty(before.get(field)) || !isEmpty(after.get(field)),
  );
  if (fields.length === 0 && !row.reason)
    return <span className="text-muted-foreground max-sm:hidden">–</span>;
  return (
    <ul className="wrap-anywhere grid max-w-md gap-0.5 text-[0.8125rem]">
      {row.reason ? <li>{row.reason}</li> : null}
      {fields.map((field) => (
        <li key={field} className="line-clamp-3">
          <span className="text-muted-foreground">{field}: </span>
          {before.has(field) ? (
            <>
              <del className="text-muted-foreground">{shown(before.get(field))}</del>
              {after.has(field) ? " → " : null}
            </>
          ) : null}
          {after.has(field) ? <ins className="no-underline">{shown(after.get(field))}</ins> : null}
        </li>
      ))}
    </ul>
  );
}

/** What a phone shows below what was done. */
const WIDE = "max-sm:hidden";

function Who({ row }: { row: AuditRow }) {
  return (
    <>
      {row.actor}
      {row.isVisit ? (
        <Badge tone="warning" className="ml-2">
          Visit
        </Badge>
      ) : null}
    </>
  );
}

/** What happened, newest first. */
export function AuditTable({ rows }: { rows: readonly AuditRow[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead className={WIDE}>When</TableHead>
          <TableHead className={WIDE}>Who</TableHead>
          <TableHead>What</TableHead>
          <TableHead className={WIDE}>Change</TableHead>
          <TableHead className={WIDE}>Address</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id} className="align-top">
            <TableCell className={WIDE}>
              <DateTime value={row.at} />
            </TableCell>
            <TableCell className={cn("min-w-36", WIDE)}>
              <Who row={row} />
            </TableCell>
            <TableCell className="wrap-anywhere sm:min-w-44">
              <span className="flex flex-wrap items-center gap-2">
                {auditWords(row.action)}
                {row.isDenied ? <Badge tone="danger">Refused</Badge> : null}
              </span>
              <span className="block font-mono text-muted-foreground text-xs sm:max-w-60 sm:truncate">
                {row.action} {row.targetId}
              </span>
              <div className="mt-1.5 grid gap-1.5 sm:hidden">
                <Changes row={row} />
                <p className="text-muted-foreground text-xs">
                  <Who row={row} />, <DateTime value={row.at} />
                  {row.ip ? <span className="font-mono">, {row.ip}</span> : null}
                </p>
              </div>
            </TableCell>
            <TableCell className={cn("min-w-72", WIDE)}>
              <Changes row={row} />
            </TableCell>
            <TableCell className={cn("font-mono text-muted-foreground text-xs", WIDE)}>
              {row.ip ?? "–"}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
