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
import { microsFromNumeric } from "@/lib/money";
import type { CustomerDetail } from "@/lib/partners/queries/customers";

type Usage = CustomerDetail["usage"];

function total(usage: Usage, column: "platformCost" | "tenantCost" | "commission"): bigint {
  return usage.reduce((sum, row) => sum + microsFromNumeric(row[column]), 0n);
}

/** What a phone shows below the resource. */
const WIDE = "max-sm:hidden";

/** What a customer used this month, at the base price and at the partner's. */
export function UsageTable({ usage, models }: { usage: Usage; models: ModelNames }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Resource</TableHead>
          <TableHead numeric className={WIDE}>
            Quantity
          </TableHead>
          <TableHead numeric className={WIDE}>
            Base cost
          </TableHead>
          <TableHead numeric>Margin</TableHead>
          <TableHead numeric>Customer pays</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {usage.map((row) => (
          <TableRow key={`${row.resourceType}:${row.modelKey ?? ""}:${row.unit}`}>
            <TableCell className="wrap-anywhere sm:min-w-40">
              {describeResource(row.resourceType, row.modelKey, models)}
              <span className="block text-muted-foreground text-xs sm:hidden">
                {describeQuantity(row.quantity, row.unit)}, base <Money numeric={row.platformCost} exact />
              </span>
            </TableCell>
            <TableCell numeric className={WIDE}>
              {describeQuantity(row.quantity, row.unit)}
            </TableCell>
            <TableCell numeric className={WIDE}>
              <Money numeric={row.platformCost} exact />
            </TableCell>
            <TableCell numeric>
              <Money numeric={row.commission} exact />
            </TableCell>
            <TableCell numeric>
              <Money numeric={row.tenantCost} exact />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
      <TableFooter>
        <TableRow>
          <TableCell>Total</TableCell>
          <TableCell className={WIDE} />
          {(["platformCost", "commission", "tenantCost"] as const).map((column) => (
            <TableCell key={column} numeric className={cn(column === "platformCost" && WIDE)}>
              <Money micros={total(usage, column)} exact />
            </TableCell>
          ))}
        </TableRow>
      </TableFooter>
    </Table>
  );
}
