import "server-only";
import { readLogo } from "@/lib/branding/logo";
import { describePer, describeQuantity } from "@/lib/metering/display";
import { centsToMicros, formatMicros, microsFromNumeric } from "@/lib/money";
import { type Doc, day, INK, latin, MUTED, makePdf, PAGE, rule } from "@/lib/pdf/page";
import type { Party } from "./party";
import type { InvoiceLineView, InvoiceView } from "./read";
import { isUnpaid, titleOf } from "./state";
import { totalsOf } from "./totals";

const MARGIN = PAGE.margin;
const PAGE_WIDTH = PAGE.width;
const COLUMNS = { description: MARGIN, period: 232, quantity: 296, price: 386, amount: 480 } as const;
const WIDTHS = { description: 170, period: 60, quantity: 84, price: 88, amount: 59 } as const;

type Column = keyof typeof COLUMNS;

const month = (date: Date) =>
  new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" }).format(date);

function cell(doc: Doc, column: Column, text: string, y: number): void {
  const align = column === "description" || column === "period" ? "left" : "right";
  doc.text(latin(text), COLUMNS[column], y, { width: WIDTHS[column], align });
}

function tableHead(doc: Doc, y: number): number {
  doc.font("Helvetica-Bold").fontSize(8).fillColor(MUTED);
  cell(doc, "description", "For", y);
  cell(doc, "period", "Used in", y);
  cell(doc, "quantity", "Quantity", y);
  cell(doc, "price", "Price", y);
  cell(doc, "amount", "Amount", y);
  rule(doc, y + 14);
  return y + 22;
}

function tableLine(doc: Doc, line: InvoiceLineView, y: number): number {
  doc.font("Helvetica").fontSize(9).fillColor(INK);
  const height = Math.max(24, doc.heightOfString(latin(line.description), { width: WIDTHS.description }));
  cell(doc, "description", line.description, y);
  if (line.kind !== "credit") cell(doc, "period", month(line.serviceStart), y);
  if (line.kind === "usage") {
    cell(doc, "quantity", describeQuantity(line.quantity, line.unit), y);
    cell(
      doc,
      "price",
      `${formatMicros(microsFromNumeric(line.rate), { exact: true })} ${describePer(line.unit)}`,
      y,
    );
  }
  cell(doc, "amount", formatMicros(centsToMicros(line.amountCents)), y);
  return y + height + 8;
}

/** What a reader should know first: who owes what by when, or that nobody does. */
function statusOf(invoice: InvoiceView): string {
  if (invoice.kind === "statement") return "Nothing to pay";
  if (invoice.status === "void") return `Void${invoice.note ? `: ${invoice.note}` : ""}`;
  if (invoice.status === "refunded") return "Refunded";
  if (invoice.paidDate) return `Paid on ${day(invoice.paidDate)}`;
  return "Unpaid";
}

/** Name, address and tax id of one side. @returns where it ends */
export function partyBlock(doc: Doc, label: string, party: Party, x: number, y: number): number {
  doc.font("Helvetica").fontSize(8).fillColor(MUTED).text(label, x, y, { width: 220 });
  doc
    .font("Helvetica-Bold")
    .fontSize(9)
    .fillColor(INK)
    .text(latin(party.name), x, y + 12, { width: 220 });
  doc.font("Helvetica");
  const more = [
    ...party.address,
    ...(party.taxId ? [`Tax id ${party.taxId}`] : []),
    ...(party.email ? [party.email] : []),
    ...(party.website ? [party.website] : []),
  ];
  for (const line of more) doc.text(latin(line), x, doc.y + 1, { width: 220 });
  return doc.y;
}

const LOGO = { width: 140, height: 44 } as const;

/** The seller's logo above its name. @returns how much room it took */
function logoAbove(doc: Doc, logo: Buffer | null): number {
  if (!logo) return 0;
  try {
    doc.image(logo, MARGIN, MARGIN - 16, { fit: [LOGO.width, LOGO.height] });
    return LOGO.height - 4;
  } catch {
    // A damaged picture leaves the name.
    return 0;
  }
}

function head(doc: Doc, invoice: InvoiceView, logo: Buffer | null): number {
  const accent = invoice.seller.accent ?? INK;
  doc.rect(0, 0, PAGE_WIDTH, 6).fill(accent);
  const start = MARGIN + logoAbove(doc, logo);
  doc
    .font("Helvetica-Bold")
    .fontSize(20)
    .fillColor(accent)
    .text(latin(invoice.sellerName), MARGIN, start, { width: 300 });
  const below = doc.y;
  doc
    .font("Helvetica")
    .fontSize(10)
    .fillColor(MUTED)
    .text(invoice.kind === "statement" ? "Statement" : "Invoice", 360, MARGIN, {
      width: 179,
      align: "right",
    });
  doc
    .font("Helvetica-Bold")
    .fontSize(12)
    .fillColor(INK)
    .text(invoice.invoiceNumber, 360, MARGIN + 14, { width: 179, align: "right" });
  const top = Math.max(below + 20, MARGIN + 56);
  const y = Math.max(
    partyBlock(doc, "Billed by", invoice.seller, MARGIN, top),
    partyBlock(doc, "Billed to", invoice.customer, 316, top),
  );
  return facts(doc, invoice, y + 18);
}

const periodOf = ({ periodStart, periodEnd }: InvoiceView): string =>
  `${day(periodStart)} to ${day(new Date(periodEnd.getTime() - 1))} (UTC)`;

function facts(doc: Doc, invoice: InvoiceView, top: number): number {
  const isStatement = invoice.kind === "statement";
  const rows: [string, string][] = [
    ["Issued", day(invoice.createdAt)],
    ...(invoice.kind === "topup" ? [] : ([["Period", periodOf(invoice)]] satisfies [string, string][])),
    ...(isStatement ? [] : ([["Due", day(invoice.dueDate)]] satisfies [string, string][])),
    ["Status", statusOf(invoice)],
    ...(invoice.customer.reference
      ? ([["Your reference", invoice.customer.reference]] satisfies [string, string][])
      : []),
  ];
  let y = top;
  for (const [label, value] of rows) {
    doc.font("Helvetica").fontSize(9).fillColor(MUTED).text(label, MARGIN, y, { width: 90 });
    doc.fillColor(INK).text(latin(value), MARGIN + 90, y, { width: 390 });
    y = Math.max(y + 15, doc.y + 3);
  }
  return y + 20;
}

function totals(doc: Doc, invoice: InvoiceView, top: number): number {
  let y = top + 12;
  for (const { label, cents } of totalsOf(invoice)) {
    const isMain = label === "Total" || label === "Due";
    doc
      .font(isMain ? "Helvetica-Bold" : "Helvetica")
      .fontSize(isMain ? 11 : 9)
      .fillColor(INK);
    doc.text(latin(isMain ? `${label} in ${invoice.currency}` : label), MARGIN, y, { width: 330 });
    const below = doc.y;
    doc.text(formatMicros(centsToMicros(cents)).replace(/−/g, "-"), 400, y, { width: 140, align: "right" });
    y = Math.max(y + (isMain ? 20 : 15), below + 4);
  }
  return y;
}

function notes(doc: Doc, invoice: InvoiceView, top: number): void {
  doc.font("Helvetica").fontSize(9).fillColor(MUTED);
  const texts = [
    ...(isUnpaid(invoice.status)
      ? [`Please pay by bank transfer with the reference ${invoice.invoiceNumber}.`]
      : []),
    ...invoice.creditNotes.map(
      (note) =>
        `Credit note ${note.number}${note.issuedAt ? ` of ${day(note.issuedAt)}` : ""}: ${formatMicros(centsToMicros(note.totalCents))}. ${note.reason}`,
    ),
    ...(invoice.seller.footer ? [invoice.seller.footer] : []),
  ];
  doc.y = top + 14;
  for (const text of texts) doc.text(latin(text), MARGIN, doc.y + 4, { width: 480 });
}

/** The document as an A4 PDF, in the name and the colour of its seller. */
export async function invoicePdf(invoice: InvoiceView): Promise<Uint8Array<ArrayBuffer>> {
  const logo = await readLogo(invoice.seller.logo);
  return makePdf({ Title: titleOf(invoice), Author: invoice.sellerName }, (doc) => {
    let y = tableHead(doc, head(doc, invoice, logo));
    for (const line of invoice.lines) {
      if (y > PAGE.bottom) {
        doc.addPage();
        y = tableHead(doc, MARGIN);
      }
      y = tableLine(doc, line, y);
    }
    if (y > PAGE.bottom - 80) {
      doc.addPage();
      y = MARGIN;
    }
    rule(doc, y);
    notes(doc, invoice, totals(doc, invoice, y));
  });
}

export function pdfResponse(pdf: Uint8Array<ArrayBuffer>, name: string): Response {
  return new Response(pdf, {
    headers: {
      "content-type": "application/pdf",
      "content-disposition": `attachment; filename="${name.replace(/[^A-Za-z0-9._-]/g, "_")}.pdf"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
