import Link from "next/link";
import { monthLabel } from "@/components/billing/month-fields";
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
import { microsFromNumeric } from "@/lib/money";
import { totalsOf } from "@/lib/partners/margins";
import type { MarginRow } from "@/lib/partners/queries/money";
import { formatShare } from "@/lib/rates/share";

/** Margin by month and customer, newest month first. */
export function MarginTable({ rows }: { rows: readonly MarginRow[] }) {
  const totals = totalsOf(rows);
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Month</TableHead>
          <TableHead>Customer</TableHead>
          <TableHead numeric>Revenue</TableHead>
          <TableHead numeric>Base cost</TableHead>
          <TableHead numeric>Margin</TableHead>
          <TableHead numeric>Share</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={`${row.month}:${row.tenantId}`}>
            <TableCell className="whitespace-nowrap">{monthLabel(row.month)}</TableCell>
            <TableCell className="wrap-anywhere min-w-36">
              <Link
                href={`/partner/customers/${row.tenantId}`}
                className="rounded-sm font-medium hover:underline"
              >
                {row.tenantName}
              </Link>
            </TableCell>
            <TableCell numeric>
              <Money numeric={row.revenue} />
            </TableCell>
            <TableCell numeric>
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
          <TableCell colSpan={2}>Total</TableCell>
          <TableCell numeric>
            <Money micros={totals.revenue} />
          </TableCell>
          <TableCell numeric>
            <Money micros={totals.platformCost} />
          </TableCell>
          <TableCell numeric>
            <Money micros={totals.commission} />
          </TableCell>
          <TableCell numeric>{formatShare(totals.commission, totals.revenue)}</TableCell>
        </TableRow>
      </TableFooter>
    </Table>
  );
}
