import { CustomerStates } from "@/components/partner/customer-states";
import { CursorPager, RowLink } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { Page } from "@/lib/paging";
import type { CustomerRow } from "@/lib/partners/queries/customers";

/** What a phone shows below the name, or on the customer's page alone. */
const WIDE = "max-sm:hidden";

export function CustomerTable({ page }: { page: Page<CustomerRow> }) {
  return (
    <>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Customer</TableHead>
            <TableHead>Status</TableHead>
            <TableHead numeric className={WIDE}>
              People
            </TableHead>
            <TableHead numeric className={WIDE}>
              Revenue this month
            </TableHead>
            <TableHead numeric>Margin</TableHead>
            <TableHead className={WIDE}>Since</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {page.items.map((customer) => (
            <TableRow key={customer.id}>
              <TableCell className="wrap-anywhere sm:min-w-40">
                <RowLink href={`/partner/customers/${customer.id}`}>{customer.name}</RowLink>
                <span className="block text-muted-foreground text-xs sm:hidden">
                  <Money numeric={customer.monthRevenue} /> this month
                </span>
              </TableCell>
              <TableCell>
                <CustomerStates states={customer.states} withReasons />
              </TableCell>
              <TableCell numeric className={WIDE}>
                {customer.people}
              </TableCell>
              <TableCell numeric className={WIDE}>
                <Money numeric={customer.monthRevenue} />
              </TableCell>
              <TableCell numeric>
                <Money numeric={customer.monthCommission} />
              </TableCell>
              <TableCell className={WIDE}>
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
