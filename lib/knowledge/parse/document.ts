import { z } from "zod";

/** The formats that can be read, by file extension. */
export const DOCUMENT_FORMATS = ["pdf", "docx", "pptx", "xlsx", "csv", "md", "html", "txt"] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

const ALIASES: Readonly<Record<string, DocumentFormat>> = { htm: "html", markdown: "md", text: "txt" };

/** The format a filename promises, or null when it is none of ours. The content is checked when it is parsed. */
export function formatOfFilename(filename: string): DocumentFormat | null {
  const extension = /\.([a-z0-9]+)$/i.exec(filename.trim())?.[1]?.toLowerCase() ?? "";
  const known = DOCUMENT_FORMATS.find((format) => format === extension);
  return known ?? ALIASES[extension] ?? null;
}

const sectionSchema = z.object({
  /** Page or slide, from 1. */
  page: z.number().int().positive().optional(),
  /** The path of headings above the text, joined by ` › `. */
  heading: z.string().optional(),
  text: z.string(),
});

/** A run of text that has one place in the document. */
export type Section = z.infer<typeof sectionSchema>;

const parsedDocumentSchema = z.object({
  sections: z.array(sectionSchema),
  /** Pages or slides; null for formats that have none. */
  pageCount: z.number().int().nullable(),
  warnings: z.array(z.string()),
});

export type ParsedDocument = z.infer<typeof parsedDocumentSchema>;

export const parseAnswerSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), document: parsedDocumentSchema }),
  z.object({ ok: z.literal(false), reason: z.string(), message: z.string(), detail: z.string().optional() }),
]);

/** The text of a file, or why there is none, in a sentence for the person who uploaded it. */
export type ParseAnswer = z.infer<typeof parseAnswerSchema>;
