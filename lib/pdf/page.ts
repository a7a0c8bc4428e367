import "server-only";
import PDFDocument from "pdfkit";

/** What documents share: an A4 page with a margin, and its colours. */
export const PAGE = { margin: 56, width: 595.28, bottom: 740 } as const;
export const INK = "#1c1917";
export const MUTED = "#6b645c";
const RULE = "#d9d4cc";

export type Doc = PDFKit.PDFDocument;

/** A date in UTC, as people write it. */
export const day = (date: Date) =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(date);

/** The standard fonts of a PDF know Latin-1 only: what they lack is shown as a question mark rather than as noise. */
export function latin(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/−/g, "-")
    .replace(/[^\u0020-\u00FF]/g, "?");
}

export function rule(doc: Doc, y: number): void {
  doc
    .moveTo(PAGE.margin, y)
    .lineTo(PAGE.width - PAGE.margin, y)
    .lineWidth(0.5)
    .strokeColor(RULE)
    .stroke();
}

/** The file that `draw` makes. */
export async function makePdf(
  info: { Title: string; Author: string },
  draw: (doc: Doc) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const doc = new PDFDocument({ size: "A4", margin: PAGE.margin, info });
  const parts: Buffer[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    doc.on("data", (part: Buffer) => parts.push(part));
    doc.on("end", resolve);
    doc.on("error", reject);
  });
  draw(doc);
  doc.end();
  await finished;
  return new Uint8Array(Buffer.concat(parts));
}
