import { monthLabel } from "@/components/billing/month-fields";
import { CursorPager } from "@/components/shared/data-table";
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
import { cn } from "@/lib/cn";
import { microsFromNumeric } from "@/lib/money";
import { totalsOf } from "@/lib/partners/margins";
import type { MarginRow } from "@/lib/partners/queries/money";
import { pageOfRows } from "@/lib/partners/row-page";
import { formatShare } from "@/lib/rates/share";

/** What a phone shows below the customer. */
const WIDE = "max-sm:hidden";

const keyOf = (row: MarginRow) => `${row.month}:${row.tenantId}`;

/** Margin by month and customer, newest month first, a page of it; the total is of all rows. */
export function MarginTable({ rows: all, cursor }: { rows: readonly MarginRow[]; cursor?: string }) {
  const totals = totalsOf(all);
  const { rows, nextCursor, range } = pageOfRows(all, keyOf, cursor);
  return (
    <div>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead className={WIDE}>Month</TableHead>
            <TableHead>Customer</TableHead>
            <TableHead numeric className={WIDE}>
              Revenue
            </TableHead>
            <TableHead numeric className={WIDE}>
              Base cost
            </TableHead>
            <TableHead numeric>Margin</TableHead>
            <TableHead numeric>Share</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={keyOf(row)}>
              <TableCell className={cn("whitespace-nowrap", WIDE)}>{monthLabel(row.month)}</TableCell>
              <TableCell className="wrap-anywhere sm:min-w-36">
                <Link
                  href={`/partner/customers/${row.tenantId}`}
                  className="rounded-sm font-medium hover:underline"
                >
                  {row.tenantName}
                </Link>
                <span className="block text-muted-foreground text-xs sm:hidden">
                  {monthLabel(row.month)}, of <Money numeric={row.revenue} />
                </span>
              </TableCell>
              <TableCell numeric className={WIDE}>
                <Money numeric={row.revenue} />
              </TableCell>
              <TableCell numeric className={WIDE}>
                <Money numeric={row.platformCost} />
              </TableCell>
              <TableCell numeric>
                <Money numeric={row.commission} />
              </TableCell>
              <TableCell numeric>
                {formatShare(microsFromNumeric(row.commission), microsFromNumeric(row.revenue))}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
        <TableFooter>
          <TableRow>
            <TableCell className={WIDE} />
            <TableCell>{range ? `Total of all ${all.length}` : "Total"}</TableCell>
            <TableCell numeric className={WIDE}>
              <Money micros={totals.revenue} />
            </TableCell>
            <TableCell numeric className={WIDE}>
              <Money micros={totals.platformCost} />
            </TableCell>
            <TableCell numeric>
              <Money micros={totals.commission} />
            </TableCell>
            <TableCell numeric>{formatShare(totals.commission, totals.revenue)}</TableCell>
          </TableRow>
        </TableFooter>
      </Table>
      <CursorPager nextCursor={nextCursor} note={range} />
    </div>
  );
}
