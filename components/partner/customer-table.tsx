import { CustomerStates } from "@/components/partner/customer-states";
import { CursorPager, RowLink } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { Page } from "@/lib/paging";
import type { CustomerRow } from "@/lib/partners/queries/customers";

export function CustomerTable({ page }: { page: Page<CustomerRow> }) {
  return (
    <>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Customer</TableHead>
            <TableHead>Status</TableHead>
            <TableHead numeric>People</TableHead>
            <TableHead numeric>Revenue this month</TableHead>
            <TableHead numeric>Margin</TableHead>
            <TableHead>Since</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {page.items.map((customer) => (
            <TableRow key={customer.id}>
              <TableCell className="wrap-anywhere min-w-40">
                <RowLink href={`/partner/customers/${customer.id}`}>{customer.name}</RowLink>
              </TableCell>
              <TableCell>
                <CustomerStates states={customer.states} withReasons />
              </TableCell>
              <TableCell numeric>{customer.people}</TableCell>
              <TableCell numeric>
                <Money numeric={customer.monthRevenue} />
              </TableCell>
              <TableCell numeric>
                <Money numeric={customer.monthCommission} />
              </TableCell>
              <TableCell>
                <DateTime value={customer.createdAt} format="date" />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <CursorPager nextCursor={page.nextCursor} />
    </>
  );
}
