import { RecordPayment } from "@/components/admin/record-payment";
import { RowLink } from "@/components/shared/data-table";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { invoiceState } from "@/lib/billing/state";
import { DUNNING_STEPS } from "@/lib/dunning/schedule";
import { centsToMicros, microsFromNumeric } from "@/lib/money";
import type { Receivable } from "@/lib/payments/admin-queries";
import type { ServerAction } from "@/lib/result";

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
          <TableHead>Customer</TableHead>
          <TableHead>Status</TableHead>
          <TableHead>Due</TableHead>
          <TableHead numeric>Owed</TableHead>
          <TableHead>
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
            </TableCell>
            <TableCell className="wrap-anywhere min-w-36">{invoice.customerName}</TableCell>
            <TableCell>
              <StatusBadge status={stateOf(invoice, now)} />
            </TableCell>
            <TableCell>
              <DateTime value={invoice.dueDate} format="date" utc />
            </TableCell>
            <TableCell numeric>
              <Money micros={dueOf(invoice)} />
            </TableCell>
            <TableCell className="relative text-right">
              <RecordPayment invoice={invoice} record={record} size="sm" />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
