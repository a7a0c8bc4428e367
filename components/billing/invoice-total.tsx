import { Money } from "@/components/shared/money";
import type { InvoiceSummary } from "@/lib/billing/read";
import { sinceTotal } from "@/lib/billing/totals";
import { centsToMicros } from "@/lib/money";

type Invoice = Pick<InvoiceSummary, "status" | "totalAmount" | "paidCents" | "creditedCents">;

/** The total of an invoice in a list, and below it what was credited of it and what is due, where that is less. */
export function InvoiceTotal({ invoice }: { invoice: Invoice }) {
  return (
    <>
      <Money numeric={invoice.totalAmount} />
      {sinceTotal(invoice).map(({ label, cents }) => (
        <span key={label} className="block text-muted-foreground text-xs">
          {label} <Money micros={centsToMicros(cents)} />
        </span>
      ))}
    </>
  );
}
