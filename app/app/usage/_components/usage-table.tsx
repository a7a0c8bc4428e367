import type { ReactNode } from "react";
import { DateTime } from "@/components/shared/date-time";
import { formatCount } from "@/components/shared/format";
import { Money } from "@/components/shared/money";
import { Link } from "@/components/ui/link";
import {
  Table,
  TableBody,
  TableCell,
  TableFooter,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { UsageGroupBy } from "@/lib/usage/input";
import type { UsageFigures, UsageRow } from "@/lib/usage/queries";
import { GROUP_LABELS } from "./group-tabs";

function labelOf(row: UsageRow, groupBy: UsageGroupBy): ReactNode {
  if (groupBy === "day" && row.key) return <DateTime value={`${row.key}T00:00:00Z`} format="date" utc />;
  const base = groupBy === "agent" ? "/app/agents" : groupBy === "workflow" ? "/app/workflows" : null;
  if (!base || !row.key) return row.label;
  return (
    <Link href={`${base}/${row.key}`} className="rounded-sm font-medium hover:underline">
      {row.label}
    </Link>
  );
}

/** What is counted beside the cost: the heading of its column. */
const COUNTS = [
  ["Runs", "runs"],
  ["Input tokens", "inputTokens"],
  ["Output tokens", "outputTokens"],
  ["Embedded", "embeddingTokens"],
  ["Nodes", "nodes"],
] as const;

/** What a phone shows below the name. */
const WIDE = "max-sm:hidden";

function Counts({ row }: { row: UsageFigures }) {
  const counted = COUNTS.filter(([, count]) => row[count] > 0);
  return (
    <span className="tabular mt-1 block text-muted-foreground text-xs sm:hidden">
      {counted.map(([label, count]) => `${label} ${formatCount(row[count])}`).join(" · ")}
    </span>
  );
}

/** What was used, by what the report is grouped by. To the micro-dollar: parts rounded to cents would not add up to the total. */
export function UsageTable({
  rows,
  groupBy,
  total,
}: {
  rows: readonly UsageRow[];
  groupBy: UsageGroupBy;
  total: UsageFigures;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>{GROUP_LABELS[groupBy]}</TableHead>
          <TableHead numeric>Cost</TableHead>
          {COUNTS.map(([label]) => (
            <TableHead key={label} numeric className={WIDE}>
              {label}
            </TableHead>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.key ?? "none"}>
            <TableCell className="wrap-anywhere min-w-36">
              {labelOf(row, groupBy)}
              <Counts row={row} />
            </TableCell>
            <TableCell numeric className="font-medium max-sm:align-top">
              <Money numeric={row.cost} exact />
            </TableCell>
            {COUNTS.map(([label, count]) => (
              <TableCell key={label} numeric className={WIDE}>
                {formatCount(row[count])}
              </TableCell>
            ))}
          </TableRow>
        ))}
      </TableBody>
      <TableFooter>
        <TableRow>
          <TableCell>
            Total
            <Counts row={total} />
          </TableCell>
          <TableCell numeric className="max-sm:align-top">
            <Money numeric={total.cost} exact />
          </TableCell>
          {COUNTS.map(([label, count]) => (
            <TableCell key={label} numeric className={WIDE}>
              {formatCount(total[count])}
            </TableCell>
          ))}
        </TableRow>
      </TableFooter>
    </Table>
  );
}
