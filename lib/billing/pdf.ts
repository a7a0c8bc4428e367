import "server-only";
import { describePer, describeQuantity } from "@/lib/metering/display";
import { formatMicros, microsFromNumeric } from "@/lib/money";
import { day, PAGE } from "@/lib/pdf/page";
import { SETTLED_AS } from "./credit-note";
import type { CreditNoteView } from "./credit-note-read";
import { type Column, inDollars, paperPdf } from "./paper";
import type { InvoiceLineView, InvoiceView } from "./read";
import { isUnpaid } from "./state";
import { totalsOf, totalsOfNote } from "./totals";

const month = (date: Date) =>
  new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" }).format(date);

const onlyUsage = (text: (line: InvoiceLineView) => string) => (line: InvoiceLineView) =>
  line.kind === "usage" ? text(line) : "";

const INVOICE_COLUMNS: readonly Column<InvoiceLineView>[] = [
  { title: "For", x: PAGE.margin, width: 170, align: "left", text: (line) => line.description },
  {
    title: "Used in",
    x: 232,
    width: 60,
    align: "left",
    text: (line) => (line.kind === "credit" ? "" : month(line.serviceStart)),
  },
  {
    title: "Quantity",
    x: 296,
    width: 84,
    align: "right",
    text: onlyUsage((line) => describeQuantity(line.quantity, line.unit)),
  },
  {
    title: "Price",
    x: 386,
    width: 88,
    align: "right",
    text: onlyUsage(
      (line) => `${formatMicros(microsFromNumeric(line.rate), { exact: true })} ${describePer(line.unit)}`,
    ),
  },
  { title: "Amount", x: 480, width: 59, align: "right", text: (line) => inDollars(line.amountCents) },
];

/** What a reader should know first: who owes what by when, or that nobody does. */
function statusOf(invoice: InvoiceView): string {
  if (invoice.kind === "statement") return "Nothing to pay";
  if (invoice.status === "void") return `Void${invoice.note ? `: ${invoice.note}` : ""}`;
  if (invoice.status === "refunded") return "Refunded";
  if (invoice.paidDate) return `Paid on ${day(invoice.paidDate)}`;
  return "Unpaid";
}

const periodOf = ({ periodStart, periodEnd }: InvoiceView): string =>
  `${day(periodStart)} to ${day(new Date(periodEnd.getTime() - 1))} (UTC)`;

function factsOf(invoice: InvoiceView): [string, string][] {
  return [
    ["Issued", day(invoice.createdAt)],
    ...(invoice.kind === "topup" ? [] : ([["Period", periodOf(invoice)]] satisfies [string, string][])),
    ...(invoice.kind === "statement" ? [] : ([["Due", day(invoice.dueDate)]] satisfies [string, string][])),
    ["Status", statusOf(invoice)],
    ...(invoice.replaces
      ? ([["Replaces", `Invoice ${invoice.replaces.invoiceNumber}, which is void`]] satisfies [
          string,
          string,
        ][])
      : []),
    ...(invoice.replacedBy
      ? ([["Replaced by", `Invoice ${invoice.replacedBy.invoiceNumber}`]] satisfies [string, string][])
      : []),
  ];
}

const mainIs = (...labels: string[]) =>
  function mark<T extends { label: string }>(row: T): T & { isMain: boolean } {
    return { ...row, isMain: labels.includes(row.label) };
  };

/** An invoice or a statement as an A4 PDF. */
export async function invoicePdf(invoice: InvoiceView): Promise<Uint8Array<ArrayBuffer>> {
  return paperPdf({
    kind: invoice.kind === "statement" ? "Statement" : "Invoice",
    number: invoice.invoiceNumber,
    seller: invoice.seller,
    customer: invoice.customer,
    facts: factsOf(invoice),
    columns: INVOICE_COLUMNS,
    rows: invoice.lines,
    totals: totalsOf(invoice).map(mainIs("Total", "Due")),
    currency: invoice.currency,
    notes: [
      ...(isUnpaid(invoice.status)
        ? [`Please pay by bank transfer with the reference ${invoice.invoiceNumber}.`]
        : []),
      ...invoice.creditNotes.map(
        (note) =>
          `Credit note ${note.number} of ${day(note.issuedAt)}: ${inDollars(note.totalCents)}. ${note.reason}`,
      ),
    ],
  });
}

type NoteLine = CreditNoteView["lines"][number];

const NOTE_COLUMNS: readonly Column<NoteLine>[] = [
  { title: "Taken back", x: PAGE.margin, width: 390, align: "left", text: (line) => line.description },
  { title: "Amount", x: 460, width: 79, align: "right", text: (line) => inDollars(line.amountCents) },
];

/** A credit note as an A4 PDF, in the style of the invoice that it corrects. */
export async function creditNotePdf(note: CreditNoteView): Promise<Uint8Array<ArrayBuffer>> {
  return paperPdf({
    kind: "Credit note",
    number: note.number,
    seller: note.seller,
    customer: note.customer,
    facts: [
      ["Issued", day(note.issuedAt)],
      ["Corrects", `Invoice ${note.invoiceNumber} of ${day(note.invoiceIssuedAt)}`],
      ["Reason", note.reason],
      ["Given", SETTLED_AS[note.settledAs]],
    ],
    columns: NOTE_COLUMNS,
    rows: note.lines,
    totals: totalsOfNote(note).map(mainIs("Total credited")),
    currency: note.currency,
    notes: [],
  });
}
