import Link from "next/link";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { Card, CardContent } from "@/components/ui/card";
import {
  Table,
  TableBody,
  TableCell,
  TableFooter,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { paymentText } from "@/lib/billing/input";
import type { InvoiceLineView, InvoiceView } from "@/lib/billing/queries";
import { invoiceState } from "@/lib/billing/state";
import { describePer, describeQuantity } from "@/lib/metering/display";
import { UNIT_LABELS } from "@/lib/metering/resources";
import { centsToMicros } from "@/lib/money";
import { monthName } from "./invoice-table";

/** One invoice. With `lineHref`, each line opens the runs that made it. */
export function InvoiceDocument({
  invoice,
  now,
  lineHref,
}: {
  invoice: InvoiceView;
  now: Date;
  lineHref?: (lineId: string) => string;
}) {
  return (
    <div className="grid gap-6">
      <Facts invoice={invoice} now={now} />
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>For</TableHead>
            <TableHead>Used in</TableHead>
            <TableHead numeric>Quantity</TableHead>
            <TableHead numeric>Price</TableHead>
            <TableHead numeric>Amount</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {invoice.lines.map((line) => (
            <LineRow key={line.id} line={line} {...(lineHref ? { href: lineHref(line.id) } : {})} />
          ))}
        </TableBody>
        <TableFooter>
          <TableRow>
            <TableCell colSpan={4}>Total</TableCell>
            <TableCell numeric>
              <Money numeric={invoice.totalAmount} />
            </TableCell>
          </TableRow>
        </TableFooter>
      </Table>
    </div>
  );
}

function LineRow({ line, href }: { line: InvoiceLineView; href?: string }) {
  return (
    <TableRow>
      <TableCell className="min-w-44">
        {href ? (
          <Link href={href} className="rounded-sm font-medium after:absolute after:inset-0 hover:underline">
            {line.description}
          </Link>
        ) : (
          <span className="font-medium">{line.description}</span>
        )}
      </TableCell>
      <TableCell className="whitespace-nowrap">{monthName(line.serviceStart)}</TableCell>
      <TableCell numeric className="whitespace-nowrap">
        {describeQuantity(line.quantity, line.unit)}
      </TableCell>
      <TableCell numeric className="whitespace-nowrap">
        <Money numeric={line.rate} exact />{" "}
        <span className="text-muted-foreground">{describePer(line.unit)}</span>
      </TableCell>
      <TableCell numeric>
        <Money micros={centsToMicros(line.amountCents)} />
      </TableCell>
    </TableRow>
  );
}

function Facts({ invoice, now }: { invoice: InvoiceView; now: Date }) {
  const facts = [
    { label: "From", value: invoice.sellerName },
    { label: "To", value: invoice.customerName },
    { label: "Issued", value: <DateTime value={invoice.createdAt} format="date" utc /> },
    { label: "Due", value: <DateTime value={invoice.dueDate} format="date" utc /> },
    { label: "Status", value: <StatusBadge status={invoiceState(invoice, now)} /> },
    ...(invoice.paidDate
      ? [{ label: "Paid", value: <DateTime value={invoice.paidDate} format="date" utc /> }]
      : []),
    ...(invoice.paymentNote ? [{ label: "Payment", value: paymentText(invoice.paymentNote) }] : []),
  ];
  return (
    <Card>
      <CardContent>
        <dl className="grid grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] gap-x-6 gap-y-4 text-sm">
          {facts.map((fact) => (
            <div key={fact.label} className="min-w-0">
              <dt className="text-muted-foreground text-xs">{fact.label}</dt>
              <dd className="wrap-anywhere mt-1 font-medium">{fact.value}</dd>
            </div>
          ))}
        </dl>
      </CardContent>
    </Card>
  );
}

/** The name of a ledger unit. */
export function unitLabel(unit: string): string {
  return Object.entries(UNIT_LABELS).find(([known]) => known === unit)?.[1] ?? unit;
}
