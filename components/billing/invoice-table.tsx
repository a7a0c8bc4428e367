import { InvoiceTotal } from "@/components/billing/invoice-total";
import { periodName } from "@/components/billing/period-name";
import { CursorPager, RowLink } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { InvoiceSummary } from "@/lib/billing/read";
import { invoiceState } from "@/lib/billing/state";
import { cn } from "@/lib/cn";
import type { Page } from "@/lib/paging";

/** What a phone shows below the number, or on the invoice alone. */
const WIDE = "max-sm:hidden";

/** A list of invoices. `hrefBase` is the page of one, without its id; `withCustomer` adds who is billed. */
export function InvoiceTable({
  page,
  hrefBase,
  now,
  withCustomer = false,
}: {
  page: Page<InvoiceSummary>;
  hrefBase: string;
  now: Date;
  withCustomer?: boolean;
}) {
  return (
    <>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Invoice</TableHead>
            {withCustomer ? <TableHead className={WIDE}>Customer</TableHead> : null}
            <TableHead className={WIDE}>Period</TableHead>
            <TableHead>Status</TableHead>
            <TableHead className={WIDE}>Due</TableHead>
            <TableHead numeric>Total</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {page.items.map((invoice) => (
            <TableRow key={invoice.id}>
              <TableCell>
                <RowLink href={`${hrefBase}/${invoice.id}`} className="tabular whitespace-nowrap">
                  {invoice.invoiceNumber}
                </RowLink>
                <span className="wrap-anywhere block text-muted-foreground text-xs sm:hidden">
                  {withCustomer ? `${invoice.customerName}, ` : null}
                  {periodName(invoice)}
                </span>
              </TableCell>
              {withCustomer ? (
                <TableCell className={cn("max-w-56 truncate", WIDE)}>{invoice.customerName}</TableCell>
              ) : null}
              <TableCell className={WIDE}>{periodName(invoice)}</TableCell>
              <TableCell>
                <StatusBadge status={invoiceState(invoice, now)} />
              </TableCell>
              <TableCell className={WIDE}>
                <DateTime value={invoice.dueDate} format="date" utc />
              </TableCell>
              <TableCell numeric>
                <InvoiceTotal invoice={invoice} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      <CursorPager nextCursor={page.nextCursor} />
    </>
  );
}
