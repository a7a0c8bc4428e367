import { CursorPager } from "@/components/shared/data-table";
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
import { cn } from "@/lib/cn";
import { describeQuantity } from "@/lib/metering/display";
import { describeResource, type ModelNames } from "@/lib/metering/resources";
import { totalsOf } from "@/lib/partners/margins";
import type { StatementRow } from "@/lib/partners/queries/money";
import { pageOfRows } from "@/lib/partners/row-page";

/** What a phone shows below the customer, or in the file alone. */
const WIDE = "max-sm:hidden";

const keyOf = (row: StatementRow) =>
  [row.tenantId, row.resourceType, row.modelKey, row.unit, row.systemRate, row.tenantRate].join(":");

/** A month by customer, resource and price, with exact amounts, a page of it; the total is of all rows. */
export function StatementTable({
  rows: all,
  models,
  cursor,
}: {
  rows: readonly StatementRow[];
  /** What the models are called. */
  models: ModelNames;
  cursor?: string;
}) {
  const totals = totalsOf(all);
  const { rows, nextCursor, range } = pageOfRows(all, keyOf, cursor);
  return (
    <div>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Customer</TableHead>
            <TableHead className={WIDE}>Resource</TableHead>
            {["Quantity", "Base price", "Your price", "Customer pays", "Base cost"].map((title) => (
              <TableHead key={title} numeric className={WIDE}>
                {title}
              </TableHead>
            ))}
            <TableHead numeric>Margin</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {rows.map((row) => (
            <Line key={keyOf(row)} row={row} models={models} />
          ))}
        </TableBody>
        <TableFooter>
          <TableRow>
            <TableCell>{range ? `Total of all ${all.length}` : "Total"}</TableCell>
            <TableCell colSpan={4} className={WIDE} />
            <TableCell numeric className={WIDE}>
              <Money micros={totals.revenue} exact />
            </TableCell>
            <TableCell numeric className={WIDE}>
              <Money micros={totals.platformCost} exact />
            </TableCell>
            <TableCell numeric>
              <Money micros={totals.commission} exact />
            </TableCell>
          </TableRow>
        </TableFooter>
      </Table>
      <CursorPager nextCursor={nextCursor} note={range} />
    </div>
  );
}

function Line({ row, models }: { row: StatementRow; models: ModelNames }) {
  const resource = describeResource(row.resourceType, row.modelKey, models);
  const quantity = describeQuantity(row.quantity, row.unit);
  return (
    <TableRow>
      <TableCell className="wrap-anywhere font-medium sm:min-w-32">
        {row.tenantName}
        <span className="block font-normal text-muted-foreground text-xs sm:hidden">
          {resource}, {quantity} at <Money numeric={row.tenantRate} exact />, base{" "}
          <Money numeric={row.systemRate} exact />
        </span>
      </TableCell>
      <TableCell className={cn("min-w-36", WIDE)}>{resource}</TableCell>
      <TableCell numeric className={WIDE}>
        {quantity}
      </TableCell>
      {[row.systemRate, row.tenantRate, row.revenue, row.platformCost].map((amount, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the columns never move
        <TableCell key={column} numeric className={WIDE}>
          <Money numeric={amount} exact />
        </TableCell>
      ))}
      <TableCell numeric>
        <Money numeric={row.commission} exact />
      </TableCell>
    </TableRow>
  );
}
