import { isUtf8 } from "node:buffer";
import { AppError, fieldError } from "@/lib/errors";
import { MAX_UPLOAD_BYTES, type UploadInput, uploadInput } from "@/lib/knowledge/input";
import { parseInput } from "@/lib/parse";
import { expectBytes } from "@/lib/storage/limit-bytes";
import type { StorageSource } from "@/lib/storage/storage";
import { refuseEncoded } from "./json-body";
import { type FormPart, formBoundary, formParts, readText } from "./multipart";
import { received } from "./received";

export type Upload = { input: UploadInput; source: StorageSource };

/** What a form may be larger than its file. */
const FORM_OVERHEAD_BYTES = 64 * 1024;

type Query = { filename?: string | undefined; agentId?: string | undefined };

function refuseAnnounced(announcedBytes: number, most: number): void {
  if (announcedBytes > most)
    throw new AppError("limit_exceeded", "The file is larger than 50 MB.", { reason: "file_too_large" });
}

/** Header values arrive as Latin-1; people send UTF-8 in them, as it is or percent-encoded. */
function headerText(value: string | null): string | undefined {
  if (!value) return undefined;
  const bytes = Buffer.from(value, "latin1");
  const text = isUtf8(bytes) ? bytes.toString("utf8") : value;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The file of an upload and what is said about it: the bytes as the body, or a form with the part `file`. Nothing of
 * the file is read before `source` is. @throws AppError `invalid`, `limit_exceeded`
 */
export async function readUpload(request: Request, query: Query): Promise<Upload> {
  refuseEncoded(request);
  const announcedBytes = Number(request.headers.get("content-length") ?? Number.NaN);
  const body = received(request);
  const boundary = formBoundary(request.headers.get("content-type") ?? "");
  if (boundary !== null) {
    refuseAnnounced(announcedBytes, MAX_UPLOAD_BYTES + FORM_OVERHEAD_BYTES);
    return readForm(body, boundary, query);
  }
  refuseAnnounced(announcedBytes, MAX_UPLOAD_BYTES);
  const filename = query.filename ?? headerText(request.headers.get("x-filename"));
  if (filename === undefined)
    throw fieldError("filename", "Name the file in the header X-Filename or in the query as filename.");
  return {
    input: parseInput(uploadInput, { ...given(query), filename }),
    source: Number.isNaN(announcedBytes) ? body : expectBytes(body, announcedBytes),
  };
}

function given(query: Query): Query {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}

async function readForm(body: AsyncIterable<Uint8Array>, boundary: string, query: Query): Promise<Upload> {
  const parts = formParts(body, boundary);
  const fields: Record<string, string> = {};
  for (;;) {
    const { value: part, done } = await parts.next();
    if (done) throw fieldError("file", "The form has no part “file” with a file in it.");
    if (part.name === "file") {
      if (part.filename === null && query.filename === undefined)
        throw fieldError("file", "The part “file” has no filename.");
      const named = { filename: part.filename, ...fields, ...given(query) };
      return { input: parseInput(uploadInput, named), source: fileOf(part, parts) };
    }
    if (!["agentId", "filename"].includes(part.name) || Object.hasOwn(fields, part.name))
      throw fieldError(part.name.slice(0, 100), "This part does not belong to an upload.");
    fields[part.name] = await readText(part.content);
  }
}

/** The bytes of the file, once it is certain that the form ends with them. */
async function* fileOf(part: FormPart, parts: AsyncGenerator<FormPart>): AsyncGenerator<Uint8Array> {
  yield* part.content;
  const { value: next, done } = await parts.next();
  if (!done)
    throw fieldError(
      next.name.slice(0, 100),
      "The file is the last part of the form: send other parts before it.",
    );
}
