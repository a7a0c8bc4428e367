import Link from "next/link";
import type { ReactNode } from "react";
import { DateTime } from "@/components/shared/date-time";
import { formatCount } from "@/components/shared/format";
import { Money } from "@/components/shared/money";
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
import type { UsageRow } from "@/lib/usage/queries";
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

export function UsageTable({
  rows,
  groupBy,
  total,
}: {
  rows: readonly UsageRow[];
  groupBy: UsageGroupBy;
  total: string;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>{GROUP_LABELS[groupBy]}</TableHead>
          <TableHead numeric>Cost</TableHead>
          <TableHead numeric>Runs</TableHead>
          <TableHead numeric>Input tokens</TableHead>
          <TableHead numeric>Output tokens</TableHead>
          <TableHead numeric>Embedded</TableHead>
          <TableHead numeric>Nodes</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.key ?? "none"}>
            <TableCell className="wrap-anywhere min-w-36">{labelOf(row, groupBy)}</TableCell>
            <TableCell numeric className="font-medium">
              <Money numeric={row.cost} />
            </TableCell>
            <TableCell numeric>{formatCount(row.runs)}</TableCell>
            <TableCell numeric>{formatCount(row.inputTokens)}</TableCell>
            <TableCell numeric>{formatCount(row.outputTokens)}</TableCell>
            <TableCell numeric>{formatCount(row.embeddingTokens)}</TableCell>
            <TableCell numeric>{formatCount(row.nodes)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
      <TableFooter>
        <TableRow>
          <TableCell>Total</TableCell>
          <TableCell numeric>
            <Money numeric={total} />
          </TableCell>
          <TableCell colSpan={5} />
        </TableRow>
      </TableFooter>
    </Table>
  );
}
