import { describeMeeting } from "@/lib/changed-meanwhile";
import { AppError, ERROR_KINDS, type PublicError, toPublicError } from "@/lib/errors";
import { log } from "@/lib/log";
import { jsonResponse } from "./json-response";

/** An error as JSON (RFC 9457 problem details), with our code, the fields at fault and the request's id. */
export type Problem = {
  type: "about:blank";
  title: string;
  status: number;
  detail: string;
  code: PublicError["code"];
  reason?: string;
  fields?: PublicError["fields"];
  requestId: string;
};

/** Reasons that HTTP has a status of its own for. */
const STATUS_OF_REASON: Readonly<Record<string, number>> = { database_unavailable: 503, storage_full: 507 };

/** What a program is told in place of the sentence for people, who sign in. */
const TITLE_OF_REASON: Readonly<Record<string, string>> = {
  api_key_missing: "The API key is missing.",
  api_key_invalid: "The API key is not valid.",
  bad_signature: "The signature is missing or not valid.",
};

/** Logs an error and makes the answer for it. What was not expected shows nothing but its reference. */
export function problemResponse(thrown: unknown, requestId: string): Response {
  const error = describeMeeting(thrown);
  const shown = toPublicError(error, requestId);
  const kind = ERROR_KINDS[shown.code];
  const status = STATUS_OF_REASON[shown.reason ?? ""] ?? kind.status;
  if (kind.expected) log.info({ code: shown.code, reason: shown.reason, requestId }, shown.message);
  else log.error({ err: error, requestId }, "a request failed");
  const problem: Problem = {
    type: "about:blank",
    title: TITLE_OF_REASON[shown.reason ?? ""] ?? kind.sentence,
    status,
    detail: shown.message,
    code: shown.code,
    ...(shown.reason ? { reason: shown.reason } : {}),
    ...(shown.fields ? { fields: shown.fields } : {}),
    requestId,
  };
  const headers = new Headers({
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "x-request-id": requestId,
  });
  if (shown.retryAfterMs !== undefined)
    headers.set("retry-after", String(Math.ceil(shown.retryAfterMs / 1000)));
  return jsonResponse(problem, { status, headers });
}

/** A cookie route that changes something must come from our own pages. @throws AppError `forbidden` */
export function requireSameOrigin(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  if (site === "same-origin") return;
  const origin = request.headers.get("origin");
  const host = request.headers.get("x-forwarded-host") ?? request.headers.get("host");
  if (site === null && origin && host && URL.parse(origin)?.host === host) return;
  throw new AppError("forbidden", "This request did not come from this site.", { reason: "cross_origin" });
}
