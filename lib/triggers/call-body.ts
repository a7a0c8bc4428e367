import { parseJson } from "@/lib/api/json-body";
import { AppError } from "@/lib/errors";
import { parseExact } from "@/lib/exact-json";
import { cleanValue } from "@/lib/runs/clean";
import type { CallParts } from "./mapping";

/** The most of one call that the log keeps, as JSON. */
const MOST_KEPT_BYTES = 64_000;

/** Names given several times become a list. */
function entriesOf(params: URLSearchParams): Record<string, unknown> {
  const byName = Map.groupBy(params, ([name]) => name);
  return Object.fromEntries(
    Array.from(byName, ([name, given]) => {
      const values = given.map(([, value]) => value);
      return [name, values.length > 1 ? values : values[0]];
    }),
  );
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("invalid", "The body is not text in UTF-8.", { reason: "bad_text", cause });
  }
}

/**
 * The body of a call: JSON and forms as data, everything else as text, nothing as null.
 * @throws AppError `invalid` when it is not what its content type says
 */
function readBody(contentType: string, bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return null;
  if (/^application\/([\w.-]+\+)?json\b/i.test(contentType)) return parseJson(bytes, parseExact);
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType))
    return entriesOf(new URLSearchParams(textOf(bytes)));
  if (/^multipart\//i.test(contentType)) {
    throw new AppError("invalid", "Send JSON, a form (application/x-www-form-urlencoded) or text.", {
      reason: "content_type",
    });
  }
  return textOf(bytes);
}

/** A call as expressions see it and the log keeps it: of the headers only what is allowed, text the database takes. */
export function callParts(request: Request, bytes: Uint8Array, allowed: readonly string[]): CallParts {
  const body = readBody(request.headers.get("content-type") ?? "", bytes);
  const headers = allowed.flatMap((name) => {
    const value = request.headers.get(name);
    return value === null ? [] : [[name, value.slice(0, 2_000)]];
  });
  const query = entriesOf(new URL(request.url).searchParams);
  return cleanValue({ body, headers: Object.fromEntries(headers), query }) as CallParts;
}

/** What the log keeps of a call: all of it, or the start of what is too long. */
export function keptPayload(call: unknown): unknown {
  const text = JSON.stringify(call) ?? "null";
  const bytes = Buffer.byteLength(text);
  return bytes <= MOST_KEPT_BYTES ? call : { shortened: `${text.slice(0, 4_000).toWellFormed()}…`, bytes };
}
