import "server-only";
import { partyBlock } from "@/lib/billing/paper";
import { readParty } from "@/lib/billing/party";
import { centsToMicros, formatMicros, microsFromNumeric } from "@/lib/money";
import { type Doc, day, INK, latin, MUTED, makePdf, PAGE, rule } from "@/lib/pdf/page";
import { PLATFORM_NAME } from "@/lib/tenants/seller";
import { paidLabel, payoutMoment } from "./moment";
import { describeLine, type PayoutLine, type PayoutView } from "./read";
import { nameOf } from "./statement";

const X = { customer: PAGE.margin, what: 236, entries: 400, amount: 460 } as const;
const WIDTHS = { customer: 170, what: 164, entries: 56, amount: 79 } as const;

type Cells = Readonly<Record<keyof typeof X, string>>;

function row(doc: Doc, cells: Cells, y: number): void {
  for (const column of Object.keys(X) as (keyof typeof X)[]) {
    const align = column === "entries" || column === "amount" ? "right" : "left";
    doc.text(latin(cells[column]), X[column], y, { width: WIDTHS[column], align });
  }
}

function tableHead(doc: Doc, y: number): number {
  doc.font("Helvetica-Bold").fontSize(8).fillColor(MUTED);
  row(doc, { customer: "Customer", what: "For", entries: "Entries", amount: "Amount" }, y);
  rule(doc, y + 14);
  return y + 22;
}

const exact = (amount: string) => formatMicros(microsFromNumeric(amount), { exact: true });

function tableLine(doc: Doc, line: PayoutLine, y: number): number {
  doc.font("Helvetica").fontSize(9).fillColor(INK);
  const customer = line.tenantName ?? (line.tenantId ? "A former customer" : "-");
  const what = describeLine(line);
  row(doc, { customer, what, entries: String(line.entries), amount: exact(line.amount) }, y);
  const height = Math.max(
    doc.heightOfString(latin(customer), { width: WIDTHS.customer }),
    doc.heightOfString(latin(what), { width: WIDTHS.what }),
  );
  return y + height + 6;
}

function head(doc: Doc, payout: PayoutView): number {
  doc.rect(0, 0, PAGE.width, 6).fill(INK);
  doc
    .font("Helvetica-Bold")
    .fontSize(18)
    .fillColor(INK)
    .text("Commission statement", PAGE.margin, PAGE.margin, { width: 300 });
  doc.fontSize(12).text(nameOf(payout), 360, PAGE.margin + 3, { width: 179, align: "right" });
  const top = PAGE.margin + 48;
  let y =
    Math.max(
      partyBlock(doc, "Supplied by", payout.payee, PAGE.margin, top),
      partyBlock(doc, "Issued and paid by", readParty(null, PLATFORM_NAME), 316, top),
    ) + 18;
  for (const [label, value] of [
    ["Issued", payout.approvedAt ? day(payout.approvedAt) : "Not yet: this is a draft"],
    ["Period", `${day(payout.periodStart)} to ${day(new Date(payout.periodEnd.getTime() - 1))} (UTC)`],
    ["Status", payoutMoment(payout)],
  ] as const) {
    doc.font("Helvetica").fontSize(9).fillColor(MUTED).text(label, PAGE.margin, y, { width: 90 });
    doc.fillColor(INK).text(latin(value), PAGE.margin + 90, y, { width: 390 });
    y = Math.max(y + 15, doc.y + 3);
  }
  return y + 20;
}

function totals(doc: Doc, payout: PayoutView, top: number): void {
  let y = top + 12;
  const paid = `${paidLabel(payout)} in USD`;
  const rows = [
    ["Earned", exact(payout.gross)],
    ...(payout.carryIn === "0.000000" ? [] : [["Carried from before", exact(payout.carryIn)]]),
    ...(payout.carryOut === "0.000000" ? [] : [["Carried to the next", `-${exact(payout.carryOut)}`]]),
    [paid, formatMicros(centsToMicros(payout.amountCents))],
    ...(payout.reversedCents === 0n
      ? []
      : [["Came back", `-${formatMicros(centsToMicros(payout.reversedCents))}`]]),
  ] as [string, string][];
  for (const [label, amount] of rows) {
    const isMain = label === paid;
    doc
      .font(isMain ? "Helvetica-Bold" : "Helvetica")
      .fontSize(isMain ? 11 : 9)
      .fillColor(INK);
    doc.text(label, PAGE.margin, y, { width: 330 });
    doc.text(latin(amount), 400, y, { width: 139, align: "right" });
    y += isMain ? 20 : 15;
  }
  doc
    .font("Helvetica")
    .fontSize(9)
    .fillColor(MUTED)
    .text(
      latin(
        `Self-billed: ${PLATFORM_NAME} issues this document on behalf of ${payout.payee.name} for commission earned. Amounts are exact; what is less than a cent is carried to the next statement.`,
      ),
      PAGE.margin,
      y + 14,
      { width: 480 },
    );
}

/** A payout's statement as an A4 PDF, self-billed: we issue it in the partner's name. */
export function payoutPdf(payout: PayoutView): Promise<Uint8Array<ArrayBuffer>> {
  return makePdf({ Title: `Commission statement ${nameOf(payout)}`, Author: PLATFORM_NAME }, (doc) => {
    let y = tableHead(doc, head(doc, payout));
    for (const line of payout.lines) {
      if (y > PAGE.bottom) {
        doc.addPage();
        y = tableHead(doc, PAGE.margin);
      }
      y = tableLine(doc, line, y);
    }
    if (y > PAGE.bottom - 100) {
      doc.addPage();
      y = PAGE.margin;
    }
    rule(doc, y);
    totals(doc, payout, y);
  });
}
