import { Buffer } from "node:buffer";
import PDFDocument from "pdfkit";

export type Upload = { name: string; mimeType: string; buffer: Buffer };

/** A real PDF with one page for each text. */
export async function pdf(name: string, pages: readonly string[]): Promise<Upload> {
  const document = new PDFDocument({ size: "A4", margin: 72, autoFirstPage: false });
  const parts: Buffer[] = [];
  document.on("data", (part: Buffer) => parts.push(part));
  const ended = new Promise((resolve) => document.on("end", resolve));
  for (const text of pages) document.addPage().fontSize(12).text(text);
  document.end();
  await ended;
  return { name, mimeType: "application/pdf", buffer: Buffer.concat(parts) };
}
