import { DateTime } from "@/components/shared/date-time";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { AuditRow } from "@/lib/audit/queries";

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
  if (fields.length === 0 && !row.reason) return <span className="text-muted-foreground">–</span>;
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

/** What happened, newest first. */
export function AuditTable({ rows }: { rows: readonly AuditRow[] }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          {["When", "Who", "What", "Change", "Address"].map((heading) => (
            <TableHead key={heading}>{heading}</TableHead>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id} className="align-top">
            <TableCell>
              <DateTime value={row.at} />
            </TableCell>
            <TableCell className="min-w-36">
              {row.actor} {row.isVisit ? <Badge tone="warning">Visit</Badge> : null}
            </TableCell>
            <TableCell>
              <span className="flex flex-wrap items-center gap-2">
                <code className="font-mono text-[0.8125rem]">{row.action}</code>
                {row.isDenied ? <Badge tone="danger">Refused</Badge> : null}
              </span>
              {row.targetId ? (
                <span
                  className="block max-w-60 truncate font-mono text-muted-foreground text-xs"
                  title={row.targetId}
                >
                  {row.targetType} {row.targetId}
                </span>
              ) : null}
            </TableCell>
            <TableCell className="min-w-72">
              <Changes row={row} />
            </TableCell>
            <TableCell className="font-mono text-muted-foreground text-xs">{row.ip ?? "–"}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
