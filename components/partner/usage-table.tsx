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
import { microsFromNumeric } from "@/lib/money";
import type { CustomerDetail } from "@/lib/partners/queries/customers";

type Usage = CustomerDetail["usage"];

function total(usage: Usage, column: "platformCost" | "tenantCost" | "commission"): bigint {
  return usage.reduce((sum, row) => sum + microsFromNumeric(row[column]), 0n);
}

/** What a customer used this month, at the base price and at the partner's. */
export function UsageTable({ usage }: { usage: Usage }) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Resource</TableHead>
          <TableHead numeric>Quantity</TableHead>
          <TableHead numeric>Base cost</TableHead>
          <TableHead numeric>Margin</TableHead>
          <TableHead numeric>Customer pays</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {usage.map((row) => (
          <TableRow key={`${row.resourceType}:${row.modelKey ?? ""}:${row.unit}`}>
            <TableCell className="wrap-anywhere min-w-40">
              {describeResource(row.resourceType, row.modelKey)}
            </TableCell>
            <TableCell numeric>{describeQuantity(row.quantity, row.unit)}</TableCell>
            <TableCell numeric>
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
          <TableCell colSpan={2}>Total</TableCell>
          {(["platformCost", "commission", "tenantCost"] as const).map((column) => (
            <TableCell key={column} numeric>
              <Money micros={total(usage, column)} exact />
            </TableCell>
          ))}
        </TableRow>
      </TableFooter>
    </Table>
  );
}
