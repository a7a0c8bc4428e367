import "server-only";
import { readLogo } from "@/lib/branding/logo";
import { centsToMicros, formatMicros } from "@/lib/money";
import { type Doc, INK, latin, MUTED, makePdf, PAGE, rule } from "@/lib/pdf/page";
import type { Party } from "./party";

const MARGIN = PAGE.margin;

export const inDollars = (cents: bigint): string => formatMicros(centsToMicros(cents));

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

export type Column<Row> = {
  title: string;
  x: number;
  width: number;
  align: "left" | "right";
  /** Empty where a row has nothing to say. */
  text: (row: Row) => string;
};

export type Paper<Row> = {
  /** What kind of document it is: `Invoice`. */
  kind: string;
  number: string;
  seller: Party;
  customer: Party;
  facts: readonly (readonly [label: string, value: string])[];
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Below the rows; the main ones are printed large, with the currency. */
  totals: readonly { label: string; cents: bigint; isMain: boolean }[];
  currency: string;
  /** Below the totals, a paragraph each. */
  notes: readonly string[];
};

function head<Row>(doc: Doc, paper: Paper<Row>, logo: Buffer | null): number {
  const accent = paper.seller.accent ?? INK;
  doc.rect(0, 0, PAGE.width, 6).fill(accent);
  const start = MARGIN + logoAbove(doc, logo);
  doc
    .font("Helvetica-Bold")
    .fontSize(20)
    .fillColor(accent)
    .text(latin(paper.seller.name), MARGIN, start, { width: 300 });
  const below = doc.y;
  doc
    .font("Helvetica")
    .fontSize(10)
    .fillColor(MUTED)
    .text(paper.kind, 360, MARGIN, { width: 179, align: "right" });
  doc
    .font("Helvetica-Bold")
    .fontSize(12)
    .fillColor(INK)
    .text(paper.number, 360, MARGIN + 14, { width: 179, align: "right" });
  const top = Math.max(below + 20, MARGIN + 56);
  const y = Math.max(
    partyBlock(doc, "Billed by", paper.seller, MARGIN, top),
    partyBlock(doc, "Billed to", paper.customer, 316, top),
  );
  return facts(doc, paper, y + 18);
}

function facts<Row>(doc: Doc, paper: Paper<Row>, top: number): number {
  const { reference } = paper.customer;
  let y = top;
  for (const [label, value] of [
    ...paper.facts,
    ...(reference ? [["Your reference", reference] as const] : []),
  ]) {
    doc.font("Helvetica").fontSize(9).fillColor(MUTED).text(label, MARGIN, y, { width: 90 });
    doc.fillColor(INK).text(latin(value), MARGIN + 90, y, { width: 390 });
    y = Math.max(y + 15, doc.y + 3);
  }
  return y + 20;
}

function tableHead<Row>(doc: Doc, { columns }: Paper<Row>, y: number): number {
  doc.font("Helvetica-Bold").fontSize(8).fillColor(MUTED);
  for (const { title, x, width, align } of columns) doc.text(title, x, y, { width, align });
  rule(doc, y + 14);
  return y + 22;
}

function tableRow<Row>(doc: Doc, { columns }: Paper<Row>, row: Row, y: number): number {
  doc.font("Helvetica").fontSize(9).fillColor(INK);
  const heights = columns.map(({ width, text }) => doc.heightOfString(latin(text(row)), { width }));
  for (const { x, width, align, text } of columns) doc.text(latin(text(row)), x, y, { width, align });
  return y + Math.max(...heights) + 10;
}

function totals<Row>(doc: Doc, paper: Paper<Row>, top: number): number {
  let y = top + 12;
  for (const { label, cents, isMain } of paper.totals) {
    doc
      .font(isMain ? "Helvetica-Bold" : "Helvetica")
      .fontSize(isMain ? 11 : 9)
      .fillColor(INK);
    doc.text(latin(isMain ? `${label} in ${paper.currency}` : label), MARGIN, y, { width: 330 });
    const below = doc.y;
    doc.text(latin(inDollars(cents)), 400, y, { width: 140, align: "right" });
    y = Math.max(y + (isMain ? 20 : 15), below + 4);
  }
  return y;
}

function notes<Row>(doc: Doc, paper: Paper<Row>, top: number): void {
  const { footer } = paper.seller;
  doc.font("Helvetica").fontSize(9).fillColor(MUTED);
  doc.y = top + 14;
  for (const text of [...paper.notes, ...(footer ? [footer] : [])])
    doc.text(latin(text), MARGIN, doc.y + 4, { width: 480 });
}

/** A document between a seller and its customer as an A4 PDF, in the name and the colour of the seller. */
export async function paperPdf<Row>(paper: Paper<Row>): Promise<Uint8Array<ArrayBuffer>> {
  const logo = await readLogo(paper.seller.logo);
  return makePdf({ Title: `${paper.kind} ${paper.number}`, Author: paper.seller.name }, (doc) => {
    let y = tableHead(doc, paper, head(doc, paper, logo));
    for (const row of paper.rows) {
      if (y > PAGE.bottom) {
        doc.addPage();
        y = tableHead(doc, paper, MARGIN);
      }
      y = tableRow(doc, paper, row, y);
    }
    if (y > PAGE.bottom - 80) {
      doc.addPage();
      y = MARGIN;
    }
    rule(doc, y);
    notes(doc, paper, totals(doc, paper, y));
  });
}
