import { Download } from "lucide-react";
import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { StatusBadge } from "@/components/shared/status-badge";
import { Card, CardContent } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import {
  Table,
  TableBody,
  TableCell,
  TableFooter,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { SETTLED_AS } from "@/lib/billing/credit-note";
import { paymentText } from "@/lib/billing/input";
import type { Party } from "@/lib/billing/party";
import type { InvoiceLineView, InvoiceView } from "@/lib/billing/read";
import { invoiceState } from "@/lib/billing/state";
import { totalsOf } from "@/lib/billing/totals";
import { cn } from "@/lib/cn";
import { monthInWords } from "@/lib/day";
import { describePer, describeQuantity } from "@/lib/metering/display";
import { UNIT_LABELS } from "@/lib/metering/resources";
import { centsToMicros } from "@/lib/money";

/** What a phone shows below the first column instead of beside it. */
const WIDE = "max-sm:hidden";

/**
 * One invoice and what corrects it. `href` is its own address, below which its credit notes are kept as files, and
 * `otherHref` that of the invoice that it replaces or that replaces it; null where that cannot be told. With `lineHref`,
 * each line of usage opens the runs that made it.
 */
export function InvoiceDocument({
  invoice,
  now,
  href,
  otherHref,
  lineHref,
  logo = null,
}: {
  invoice: InvoiceView;
  now: Date;
  href: string;
  otherHref: (invoiceId: string) => string | null;
  lineHref?: (lineId: string) => string;
  /** The seller's, as an address to show. */
  logo?: string | null;
}) {
  return (
    <div className="grid gap-6">
      <Facts invoice={invoice} now={now} logo={logo} otherHref={otherHref} />
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>For</TableHead>
            <TableHead className={WIDE}>Used in</TableHead>
            <TableHead numeric className={WIDE}>
              Quantity
            </TableHead>
            <TableHead numeric className={WIDE}>
              Price
            </TableHead>
            <TableHead numeric>Amount</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {invoice.lines.map((line) => (
            <LineRow
              key={line.id}
              line={line}
              {...(lineHref && line.kind === "usage" ? { href: lineHref(line.id) } : {})}
            />
          ))}
        </TableBody>
        <TableFooter>
          {totalsOf(invoice).map(({ label, cents }) => (
            <TableRow key={label}>
              <TableCell>{label}</TableCell>
              <TableCell colSpan={3} className={WIDE} />
              <TableCell numeric>
                <Money micros={centsToMicros(cents)} />
              </TableCell>
            </TableRow>
          ))}
        </TableFooter>
      </Table>
      <CreditNotes notes={invoice.creditNotes} href={href} />
      {invoice.seller.footer ? (
        <p className="text-muted-foreground text-sm">{invoice.seller.footer}</p>
      ) : null}
    </div>
  );
}

function LineRow({ line, href }: { line: InvoiceLineView; href?: string }) {
  const isUsage = line.kind === "usage";
  const month = line.kind === "credit" ? null : monthInWords(line.serviceStart);
  const quantity = isUsage ? describeQuantity(line.quantity, line.unit) : null;
  return (
    <TableRow>
      <TableCell className="sm:min-w-44">
        {href ? (
          <Link href={href} className="rounded-sm font-medium after:absolute after:inset-0 hover:underline">
            {line.description}
          </Link>
        ) : (
          <span className="font-medium">{line.description}</span>
        )}
        <span className="block text-muted-foreground text-xs sm:hidden">
          {month}
          {isUsage ? (
            <>
              , {quantity} at <Money numeric={line.rate} exact /> {describePer(line.unit)}
            </>
          ) : null}
        </span>
      </TableCell>
      <TableCell className={cn("whitespace-nowrap", WIDE)}>{month}</TableCell>
      <TableCell numeric className={cn("whitespace-nowrap", WIDE)}>
        {quantity}
      </TableCell>
      <TableCell numeric className={cn("whitespace-nowrap", WIDE)}>
        {isUsage ? (
          <>
            <Money numeric={line.rate} exact />{" "}
            <span className="text-muted-foreground">{describePer(line.unit)}</span>
          </>
        ) : null}
      </TableCell>
      <TableCell numeric>
        <Money micros={centsToMicros(line.amountCents)} />
      </TableCell>
    </TableRow>
  );
}

function OtherInvoice({ href, children }: { href: string | null; children: string }) {
  if (!href) return children;
  return (
    <Link href={href} className="rounded-sm underline underline-offset-2">
      {children}
    </Link>
  );
}

/** The invoices that this one takes the place of, or that take its place. */
function otherInvoices({ replaces, replacedBy }: InvoiceView) {
  return [
    ...(replaces ? [{ label: "Replaces", ...replaces }] : []),
    ...(replacedBy ? [{ label: "Replaced by", ...replacedBy }] : []),
  ];
}

function PartyText({ party }: { party: Party }) {
  const lines = [...party.address, ...(party.taxId ? [`Tax id ${party.taxId}`] : [])];
  return (
    <>
      {party.name}
      {lines.map((line) => (
        <span key={line} className="block font-normal text-muted-foreground">
          {line}
        </span>
      ))}
    </>
  );
}

function Facts({
  invoice,
  now,
  logo,
  otherHref,
}: {
  invoice: InvoiceView;
  now: Date;
  logo: string | null;
  otherHref: (invoiceId: string) => string | null;
}) {
  const isStatement = invoice.kind === "statement";
  const facts = [
    { label: "From", value: <PartyText party={invoice.seller} /> },
    { label: "To", value: <PartyText party={invoice.customer} /> },
    ...(invoice.customer.reference ? [{ label: "Reference", value: invoice.customer.reference }] : []),
    { label: "Issued", value: <DateTime value={invoice.createdAt} format="date" utc /> },
    ...(isStatement ? [] : [{ label: "Due", value: <DateTime value={invoice.dueDate} format="date" utc /> }]),
    { label: "Status", value: <StatusBadge status={invoiceState(invoice, now)} /> },
    ...(invoice.paidDate && !isStatement
      ? [{ label: "Paid", value: <DateTime value={invoice.paidDate} format="date" utc /> }]
      : []),
    ...(invoice.paymentNote ? [{ label: "Payment", value: paymentText(invoice.paymentNote) }] : []),
    ...(invoice.status === "void" && invoice.note ? [{ label: "Why it is void", value: invoice.note }] : []),
    ...otherInvoices(invoice).map(({ label, id, invoiceNumber }) => ({
      label,
      value: <OtherInvoice href={otherHref(id)}>{invoiceNumber}</OtherInvoice>,
    })),
  ];
  return (
    <Card>
      <CardContent>
        {logo ? (
          // biome-ignore lint/performance/noImgElement: its bytes are in the page.
          <img
            src={logo}
            alt={invoice.sellerName}
            className="mb-5 max-h-11 max-w-36 rounded-sm bg-white object-contain"
          />
        ) : null}
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

function CreditNotes({ notes, href }: { notes: InvoiceView["creditNotes"]; href: string }) {
  if (notes.length === 0) return null;
  return (
    <section className="grid gap-3" aria-labelledby="credit-notes">
      <h2 id="credit-notes" className="font-semibold text-base">
        Credit notes
      </h2>
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Number</TableHead>
            <TableHead className={WIDE}>Issued</TableHead>
            <TableHead>Reason</TableHead>
            <TableHead numeric>Total</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {notes.map((note) => (
            <TableRow key={note.id}>
              <TableCell>
                <a
                  href={`${href}/credit-notes/${note.id}/pdf`}
                  download
                  className="tabular inline-flex items-center gap-1.5 whitespace-nowrap rounded-sm font-medium hover:underline"
                >
                  {note.number}
                  <Download aria-hidden="true" className="size-3.5 text-muted-foreground" />
                  <span className="sr-only">as PDF</span>
                </a>
                <span className="block text-muted-foreground text-xs sm:hidden">
                  <DateTime value={note.issuedAt} format="date" utc />
                </span>
              </TableCell>
              <TableCell className={WIDE}>
                <DateTime value={note.issuedAt} format="date" utc />
              </TableCell>
              <TableCell className="wrap-anywhere sm:min-w-40">
                {note.reason}
                <span className="block text-[0.8125rem] text-muted-foreground">
                  {SETTLED_AS[note.settledAs]}
                </span>
              </TableCell>
              <TableCell numeric>
                <Money micros={centsToMicros(note.totalCents)} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

/** The name of a ledger unit. */
export function unitLabel(unit: string): string {
  return Object.entries(UNIT_LABELS).find(([known]) => known === unit)?.[1] ?? unit;
}
