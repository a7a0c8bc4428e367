import { RecordPayment } from "@/components/admin/record-payment";
import { RowLink } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { invoiceState } from "@/lib/billing/state";
import { cn } from "@/lib/cn";
import { DUNNING_STEPS } from "@/lib/dunning/schedule";
import { centsToMicros, microsFromNumeric } from "@/lib/money";
import type { Receivable } from "@/lib/payments/admin-queries";
import type { ServerAction } from "@/lib/result";

/** What a phone shows below the number, or below what is owed. */
const WIDE = "max-sm:hidden";

const dueOf = ({ totalAmount, paidCents, creditedCents }: Receivable) =>
  microsFromNumeric(totalAmount) - centsToMicros(paidCents + creditedCents);

/** What an invoice has come to: further than overdue, the name of its step. */
function stateOf(invoice: Receivable, now: Date): string {
  const step = DUNNING_STEPS[invoice.dunningStage - 1];
  return step?.name ?? invoiceState(invoice, now);
}

/** Invoices that are owed for, each with a way to note that its money has come. */
export function ReceivableTable({
  receivables,
  record,
  now,
}: {
  receivables: readonly Receivable[];
  record: ServerAction<{ invoiceId: string }>;
  now: Date;
}) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Invoice</TableHead>
          <TableHead className={WIDE}>Customer</TableHead>
          <TableHead className={WIDE}>Status</TableHead>
          <TableHead className={WIDE}>Due</TableHead>
          <TableHead numeric>Owed</TableHead>
          <TableHead className={WIDE}>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {receivables.map((invoice) => (
          <TableRow key={invoice.id}>
            <TableCell>
              <RowLink href={`/admin/invoices/${invoice.id}`} className="tabular whitespace-nowrap">
                {invoice.invoiceNumber}
              </RowLink>
              <div className="wrap-anywhere mt-1 grid justify-items-start gap-1 text-muted-foreground text-xs sm:hidden">
                {invoice.customerName}
                <StatusBadge status={stateOf(invoice, now)} />
                <span>
                  Due <DateTime value={invoice.dueDate} format="date" utc />
                </span>
              </div>
            </TableCell>
            <TableCell className={cn("wrap-anywhere min-w-36", WIDE)}>{invoice.customerName}</TableCell>
            <TableCell className={WIDE}>
              <StatusBadge status={stateOf(invoice, now)} />
            </TableCell>
            <TableCell className={WIDE}>
              <DateTime value={invoice.dueDate} format="date" utc />
            </TableCell>
            <TableCell numeric className="max-sm:align-top">
              <Money micros={dueOf(invoice)} />
              <div className="relative mt-2 sm:hidden">
                <RecordPayment invoice={invoice} record={record} size="sm" />
              </div>
            </TableCell>
            <TableCell className={cn("relative text-right", WIDE)}>
              <RecordPayment invoice={invoice} record={record} size="sm" />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
