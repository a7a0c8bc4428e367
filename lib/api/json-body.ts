import { AppError } from "@/lib/errors";
import { received } from "./received";

const MAX_JSON_BYTES = 1024 * 1024;
const MAX_DEPTH = 64;

/** What keeps JSON from being taken, or null. A number that no computer here holds would be stored as nothing. */
function problemOf(value: unknown): string | null {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return `The JSON is nested deeper than ${MAX_DEPTH} levels.`;
    if (level.some((item) => typeof item === "number" && !Number.isFinite(item)))
      return "The JSON holds a number that is too large.";
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return null;
}

/** Nothing is unpacked here: what is packed would be taken for what is in it. @throws AppError `invalid` */
export function refuseEncoded(request: Request): void {
  const encoding = request.headers.get("content-encoding")?.trim() ?? "";
  if (/^(identity)?$/i.test(encoding)) return;
  const message = "The body is compressed. Send it as it is, without the header `Content-Encoding`.";
  throw new AppError("invalid", message, { reason: "content_encoding" });
}

/** A body as it was sent, never more than a megabyte of it. @throws AppError `limit_exceeded`, `invalid` */
export async function readBytes(request: Request): Promise<Buffer> {
  refuseEncoded(request);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of received(request)) {
    size += part.byteLength;
    if (size > MAX_JSON_BYTES)
      throw new AppError("limit_exceeded", "The body is larger than 1 MB.", { reason: "body_too_large" });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Reads a JSON body, never more than a megabyte of it. @throws AppError `limit_exceeded`, `invalid` */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) {
    throw new AppError("invalid", "Send JSON with the header `Content-Type: application/json`.", {
      reason: "content_type",
    });
  }
  return parseJson(await readBytes(request));
}

/** What came where there is no body: nothing, or JSON under whatever name. @throws AppError `limit_exceeded`, `invalid` */
export async function readOddJson(request: Request): Promise<unknown> {
  const bytes = await readBytes(request);
  return bytes.byteLength === 0 ? {} : parseJson(bytes);
}

/**
 * JSON in UTF-8, not nested without end, of numbers that can be held.
 * @param parse reads the text as JSON
 * @throws AppError `invalid`
 */
export function parseJson(bytes: Uint8Array, parse: (text: string) => unknown = JSON.parse): unknown {
  let value: unknown;
  try {
    value = parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AppError("invalid", "The body is not valid JSON in UTF-8.", { reason: "bad_json", cause });
  }
  const problem = problemOf(value);
  if (problem) throw new AppError("invalid", problem, { reason: "bad_json" });
  return value;
}
