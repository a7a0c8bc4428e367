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
import { describeQuantity } from "@/lib/metering/display";
import { describeResource } from "@/lib/metering/resources";
import { totalsOf } from "@/lib/partners/margins";
import type { StatementRow } from "@/lib/partners/queries/money";

const keyOf = (row: StatementRow) =>
  [row.tenantId, row.resourceType, row.modelKey, row.unit, row.systemRate, row.tenantRate].join(":");

/** A month by customer, resource and price, with exact amounts. */
export function StatementTable({ rows }: { rows: readonly StatementRow[] }) {
  const totals = totalsOf(rows);
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Customer</TableHead>
          <TableHead>Resource</TableHead>
          <TableHead numeric>Quantity</TableHead>
          <TableHead numeric>Base price</TableHead>
          <TableHead numeric>Your price</TableHead>
          <TableHead numeric>Customer pays</TableHead>
          <TableHead numeric>Base cost</TableHead>
          <TableHead numeric>Margin</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={keyOf(row)}>
            <TableCell className="min-w-32 font-medium">{row.tenantName}</TableCell>
            <TableCell className="min-w-36">{describeResource(row.resourceType, row.modelKey)}</TableCell>
            <TableCell numeric>{describeQuantity(row.quantity, row.unit)}</TableCell>
            {[row.systemRate, row.tenantRate, row.revenue, row.platformCost, row.commission].map(
              (amount, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns never move
                <TableCell key={column} numeric>
                  <Money numeric={amount} exact />
                </TableCell>
              ),
            )}
          </TableRow>
        ))}
      </TableBody>
      <TableFooter>
        <TableRow>
          <TableCell colSpan={5}>Total</TableCell>
          {[totals.revenue, totals.platformCost, totals.commission].map((amount, column) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the columns never move
            <TableCell key={column} numeric>
              <Money micros={amount} exact />
            </TableCell>
          ))}
        </TableRow>
      </TableFooter>
    </Table>
  );
}
