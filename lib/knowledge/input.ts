import { z } from "zod";
import { cursorInput, MAX_PAGE_SIZE, PAGE_SIZE } from "@/lib/paging";
import { MOST_ASKED } from "./choices";
import { cleanText } from "./clean";
import { DOCUMENT_FORMATS } from "./parse/document";

/** 50 MB, counted while the file comes in. */
export const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;

/** What the file picker offers. */
export const ACCEPTED_FILES = [...DOCUMENT_FORMATS, "htm", "markdown"]
  .map((extension) => `.${extension}`)
  .join(",");

const id = z.uuid();

/** The last part of a path, without characters that hide or reorder text. Only shown, never part of a path. */
const filename = z
  .string()
  .transform((name) =>
    cleanText(name.split(/[\\/]/).at(-1) ?? "")
      .replace(/\s+/g, " ")
      .trim(),
  )
  .pipe(
    z
      .string()
      .min(1, "The file has no name.")
      .max(255, "The name of the file is longer than 255 characters."),
  );

export const uploadInput = z.strictObject({
  filename,
  /** Only this agent sees the document. Absent: every agent that uses knowledge may. */
  agentId: id.optional(),
});
export type UploadInput = z.output<typeof uploadInput>;

export const DOCUMENT_STATUSES = ["processing", "completed", "failed"] as const;
export type DocumentStatus = (typeof DOCUMENT_STATUSES)[number];

export const listDocumentsInput = z.strictObject({
  /** Part of the filename. */
  q: z.string().trim().max(200).optional(),
  status: z.enum(DOCUMENT_STATUSES).optional(),
  format: z.enum(DOCUMENT_FORMATS).optional(),
  agentId: id.optional(),
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(PAGE_SIZE),
});
export type ListDocumentsInput = z.output<typeof listDocumentsInput>;

export const findDocumentsInput = z.union([
  z.strictObject({
    /** Part of the filename. */
    text: z.string().trim().min(1).max(200),
    /** Those that this agent may be given, with null those that a new one may; left out for all. */
    forAgent: id.nullable().optional(),
  }),
  /** Those of them that are still there. */
  z.strictObject({ ids: z.array(id).min(1).max(MOST_ASKED) }),
]);
export type FindDocumentsInput = z.output<typeof findDocumentsInput>;

export const documentIdInput = z.strictObject({ documentId: id });
export type DocumentIdInput = z.output<typeof documentIdInput>;

export const listPassagesInput = z.strictObject({
  documentId: id,
  /** Opens the page of passages that holds this one. */
  passage: id.optional(),
  /** From this position on; passages are numbered from 0. */
  from: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(40),
});
export type ListPassagesInput = z.output<typeof listPassagesInput>;

export const retrieveInput = z.strictObject({
  query: z
    .string()
    .transform((text) => cleanText(text).trim())
    .pipe(z.string().min(1, "Ask something.").max(4_000, "The question is longer than 4,000 characters.")),
  /** Sees with the eyes of this agent: its own documents, and those shared with all, as its settings allow. */
  agentId: id.optional(),
  /** Narrows to these documents. */
  documentIds: z.array(id).max(500).optional(),
  topK: z.coerce.number().int().min(1).max(50).default(6),
});
export type RetrieveInput = z.output<typeof retrieveInput>;

/** The question box: an empty choice of agent means none. */
export const questionForm = z
  .strictObject({ query: z.unknown(), agentId: z.string().optional() })
  .transform(({ query, agentId }) => ({ query, ...(agentId ? { agentId } : {}) }))
  .pipe(retrieveInput);
