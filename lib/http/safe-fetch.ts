import { type Dispatcher, request } from "undici";
import { AppError } from "@/lib/errors";
import { capBody, type Deadline, drop, startDeadline } from "./body-limits";
import { ACCEPTED_ENCODINGS, decodedBody } from "./decoded-body";
import { guardedAgent, type Resolver, trustedAgent } from "./guarded-agent";
import { OF_THE_CONNECTION } from "./header";
import { checkUrl, isTrusted, type UrlPolicy } from "./url-policy";

export type SafeFetchInit = {
  method?: string | undefined;
  headers?: HeadersInit | undefined;
  /** A string or bytes: a redirect may have to send it again. */
  body?: string | Uint8Array<ArrayBuffer> | URLSearchParams | undefined;
  signal?: AbortSignal | undefined;
};

export type SafeFetchOptions = UrlPolicy & {
  /** From the call until the last byte of the body. Default 10 s. */
  timeoutMs?: number | undefined;
  /** Of the body after decompression. Default 5 MB. */
  maxBytes?: number | undefined;
  /** Default and most 3. */
  maxRedirects?: number | undefined;
  /** Replaces the system's name resolution; its answers are checked like any other. */
  resolver?: Resolver | undefined;
};

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BYTES = 5 * 1024 * 1024;
const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What may follow a redirect to another origin. Any other header may hold a credential. */
const PORTABLE_HEADERS = ["accept", "accept-language", "content-type", "user-agent"];
const NULL_BODY = new Set([204, 205, 304]);
const MAX_STATUS = 599;
const PLAIN_WORDS = /^[ -~]*$/;

/**
 * The one door for everything outbound. Refuses anything that is not a public http(s) address, checks the address of
 * the socket itself, follows at most three redirects and checks each, drops credentials when the origin changes, and
 * caps time and size. The response's body fails with `limit_exceeded` or `upstream` when a cap is met while reading.
 *
 * @throws AppError `invalid` (refused: `url_*`, `host_not_listed`, `address_blocked`, `too_many_redirects`), `upstream`
 * (`network`, `timeout`, retryable; `too_many_encodings`, not). When `init.signal` aborts, its own reason is thrown.
 */
export async function safeFetch(
  input: string | URL,
  init: SafeFetchInit = {},
  options: SafeFetchOptions = {},
): Promise<Response> {
  const deadline = startDeadline(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, init.signal);
  try {
    const answer = await follow(checkUrl(input, options), init, options, deadline);
    try {
      return toResponse(answer, options.maxBytes ?? DEFAULT_MAX_BYTES, deadline);
    } catch (error) {
      drop(answer.response.body);
      throw error;
    }
  } catch (error) {
    deadline.stop();
    throw translate(error, deadline);
  }
}

type Answer = { response: Dispatcher.ResponseData; headers: Headers; hop: Hop };
type Hop = { url: URL; method: string; headers: Headers; body: SafeFetchInit["body"] };

async function follow(
  start: URL,
  init: SafeFetchInit,
  options: SafeFetchOptions,
  deadline: Deadline,
): Promise<Answer> {
  const method = (init.method ?? "GET").toUpperCase();
  let hop: Hop = { url: start, method, headers: headersOf(init), body: init.body };
  const limit = Math.min(options.maxRedirects ?? MAX_REDIRECTS, MAX_REDIRECTS);
  for (let redirects = 0; ; redirects += 1) {
    const response = await send(hop, options, deadline.signal);
    const headers = answeredHeaders(response.headers);
    const location = REDIRECTS.has(response.statusCode) ? headers.get("location") : null;
    if (location === null) return { response, headers, hop };
    drop(response.body);
    if (redirects >= limit) {
      throw new AppError("invalid", `${start.hostname} redirects too often.`, {
        reason: "too_many_redirects",
      });
    }
    hop = nextHop(hop, response.statusCode, checkUrl(resolveLocation(location, hop.url), options));
  }
}

function headersOf({ headers: given, body }: SafeFetchInit): Headers {
  const headers = new Headers(given);
  // That is ours to say, not the caller's.
  for (const name of OF_THE_CONNECTION) headers.delete(name);
  headers.set("accept-encoding", ACCEPTED_ENCODINGS);
  if (!headers.has("accept")) headers.set("accept", "*/*");
  if (body instanceof URLSearchParams && !headers.has("content-type"))
    headers.set("content-type", "application/x-www-form-urlencoded;charset=UTF-8");
  if (typeof body === "string" && !headers.has("content-type"))
    headers.set("content-type", "text/plain;charset=UTF-8");
  return headers;
}

function answeredHeaders(given: Dispatcher.ResponseData["headers"]): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given))
    for (const each of [value ?? []].flat()) headers.append(name, each);
  return headers;
}

/** Headers are read byte by byte; an address that is not written as one is, is in UTF-8, as browsers take it. */
function resolveLocation(given: string, base: URL): string {
  const location = Buffer.from(given, "latin1").toString("utf8");
  return URL.canParse(location, base) ? new URL(location, base).href : location;
}

function nextHop(hop: Hop, status: number, url: URL): Hop {
  const becomesGet = status === 303 ? hop.method !== "HEAD" : status < 303 && hop.method === "POST";
  const headers = new Headers();
  for (const [name, value] of hop.headers) {
    if (url.origin === hop.url.origin || PORTABLE_HEADERS.includes(name)) headers.set(name, value);
  }
  if (becomesGet) headers.delete("content-type");
  return { url, method: becomesGet ? "GET" : hop.method, headers, body: becomesGet ? undefined : hop.body };
}

/** Below `fetch`, whose streams of streams take most of the time of a small call. */
function send(hop: Hop, options: SafeFetchOptions, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  return request(hop.url, {
    method: hop.method as Dispatcher.HttpMethod,
    headers: Object.fromEntries(hop.headers),
    body: hop.body instanceof URLSearchParams ? hop.body.toString() : (hop.body ?? null),
    signal,
    dispatcher: isTrusted(hop.url, options) ? trustedAgent : guardedAgent(options.resolver),
  });
}

function toResponse(
  { response: source, headers, hop }: Answer,
  maxBytes: number,
  deadline: Deadline,
): Response {
  const encodings = headers.get("content-encoding");
  // The body handed on is already decoded.
  headers.delete("content-encoding");
  headers.delete("content-length");
  const { statusCode: status, statusText } = source;
  const hasBody = hop.method !== "HEAD" && !NULL_BODY.has(status);
  if (!hasBody) {
    deadline.stop();
    drop(source.body);
  }
  const body = hasBody ? capBody(decodedBody(source.body, encodings), maxBytes, deadline, translate) : null;
  // Servers say more than the standard knows: words of any language beside the status, and a status such as 999.
  const words = PLAIN_WORDS.test(statusText) ? statusText : "";
  const response = new Response(body, { status: Math.min(status, MAX_STATUS), statusText: words, headers });
  if (status > MAX_STATUS) Object.defineProperty(response, "status", { value: status });
  Object.defineProperty(response, "url", { value: hop.url.href });
  return response;
}

/** Finds our own refusal inside what the socket layer wrapped it in; the rest is a network failure. */
function translate(error: unknown, deadline: Deadline): unknown {
  if (deadline.cancelled()) return deadline.signal.reason;
  if (deadline.expired()) {
    return new AppError("upstream", "The server did not answer in time.", {
      reason: "timeout",
      cause: error,
    });
  }
  for (
    let cause: unknown = error, depth = 0;
    cause instanceof Error && depth < 8;
    cause = cause.cause, depth += 1
  ) {
    if (cause instanceof AppError) return cause;
  }
  return new AppError("upstream", "The server could not be reached.", { reason: "network", cause: error });
}
