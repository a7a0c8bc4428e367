import "server-only";
import PDFDocument from "pdfkit";
import { describePer, describeQuantity } from "@/lib/metering/display";
import { centsToMicros, formatMicros, microsFromNumeric } from "@/lib/money";
import type { InvoiceLineView, InvoiceView } from "./queries";

const MARGIN = 56;
const INK = "#1c1917";
const MUTED = "#6b645c";
const RULE = "#d9d4cc";
const COLUMNS = { description: MARGIN, period: 232, quantity: 296, price: 386, amount: 480 } as const;
const WIDTHS = { description: 170, period: 60, quantity: 84, price: 88, amount: 59 } as const;

type Doc = PDFKit.PDFDocument;
type Column = keyof typeof COLUMNS;

const day = (date: Date) =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(date);
const month = (date: Date) =>
  new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" }).format(date);

/** The standard fonts of a PDF know Latin-1 only: what they lack is shown as a question mark rather than as noise. */
function latin(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/−/g, "-")
    .replace(/[^\u0020-\u00FF]/g, "?");
}

function cell(doc: Doc, column: Column, text: string, y: number): void {
  const align = column === "description" || column === "period" ? "left" : "right";
  doc.text(latin(text), COLUMNS[column], y, { width: WIDTHS[column], align });
}

function rule(doc: Doc, y: number): void {
  doc
    .moveTo(MARGIN, y)
    .lineTo(595.28 - MARGIN, y)
    .lineWidth(0.5)
    .strokeColor(RULE)
    .stroke();
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
  cell(doc, "period", month(line.serviceStart), y);
  cell(doc, "quantity", describeQuantity(line.quantity, line.unit), y);
  cell(
    doc,
    "price",
    `${formatMicros(microsFromNumeric(line.rate), { exact: true })} ${describePer(line.unit)}`,
    y,
  );
  cell(doc, "amount", formatMicros(centsToMicros(line.amountCents)), y);
  return y + height + 8;
}

function head(doc: Doc, invoice: InvoiceView): number {
  doc
    .font("Helvetica-Bold")
    .fontSize(20)
    .fillColor(INK)
    .text(latin(invoice.sellerName), MARGIN, MARGIN, { width: 300 });
  doc
    .font("Helvetica")
    .fontSize(10)
    .fillColor(MUTED)
    .text("Invoice", 360, MARGIN, { width: 179, align: "right" });
  doc
    .font("Helvetica-Bold")
    .fontSize(12)
    .fillColor(INK)
    .text(invoice.invoiceNumber, 360, MARGIN + 14, { width: 179, align: "right" });
  const facts: [string, string][] = [
    ["Billed to", invoice.customerName],
    ["Issued", day(invoice.createdAt)],
    ["Usage until", day(new Date(invoice.periodEnd.getTime() - 1))],
    ["Due", day(invoice.dueDate)],
    ["Status", invoice.paidDate ? `Paid on ${day(invoice.paidDate)}` : "Unpaid"],
  ];
  let y = MARGIN + 64;
  for (const [label, value] of facts) {
    doc.font("Helvetica").fontSize(9).fillColor(MUTED).text(label, MARGIN, y, { width: 90 });
    doc.fillColor(INK).text(latin(value), MARGIN + 90, y, { width: 390 });
    y = Math.max(y + 15, doc.y + 3);
  }
  return y + 20;
}

/** The invoice as an A4 PDF. */
export async function invoicePdf(invoice: InvoiceView): Promise<Uint8Array<ArrayBuffer>> {
  const doc = new PDFDocument({
    size: "A4",
    margin: MARGIN,
    info: { Title: `Invoice ${invoice.invoiceNumber}`, Author: invoice.sellerName },
  });
  const parts: Buffer[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    doc.on("data", (part: Buffer) => parts.push(part));
    doc.on("end", resolve);
    doc.on("error", reject);
  });
  let y = tableHead(doc, head(doc, invoice));
  for (const line of invoice.lines) {
    if (y > 740) {
      doc.addPage();
      y = tableHead(doc, MARGIN);
    }
    y = tableLine(doc, line, y);
  }
  rule(doc, y);
  doc.font("Helvetica-Bold").fontSize(11).fillColor(INK);
  doc.text(`Total in ${invoice.currency}`, MARGIN, y + 12, { width: 200 });
  doc.text(formatMicros(microsFromNumeric(invoice.totalAmount)), 400, y + 12, { width: 140, align: "right" });
  if (!invoice.paidDate) {
    doc.font("Helvetica").fontSize(9).fillColor(MUTED);
    doc.text(
      latin(`Please pay by bank transfer with the reference ${invoice.invoiceNumber}.`),
      MARGIN,
      y + 44,
      { width: 480 },
    );
  }
  doc.end();
  await finished;
  return new Uint8Array(Buffer.concat(parts));
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
