import { z } from "zod";
import { type SignIn, signInFor, withoutValue } from "@/lib/credentials/use";
import { AppError } from "@/lib/errors";
import { parseExact } from "@/lib/exact-json";
import { strangeInHeader } from "@/lib/http/header";
import { operatorHosts } from "@/lib/http/operator-hosts";
import { retryAfter } from "@/lib/http/retry-after";
import { safeFetch } from "@/lib/http/safe-fetch";
import { effectRunner, type NodeContext, type NodeValues } from "./runner";
import { render } from "./values";

const MAX_ANSWER_BYTES = 900_000;
const RETRYABLE = new Set([408, 409, 429]);

type HttpRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What it signs in with, by its id. */
  readonly credentialId?: string;
};

/** Of a request that was made before, what a service compares under one idempotency key. */
const sentBefore = z.object({ url: z.string(), body: z.string() });

/** Header values that may hold a credential are not kept in the trace. */
const SECRET_HEADER = /auth|cookie|token|secret|key|password/i;

function masked(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET_HEADER.test(name) ? "•••" : value]),
  );
}

async function send(
  request: HttpRequest,
  signIn: SignIn | null,
  { timeoutMs, context }: { timeoutMs: number; context: NodeContext },
): Promise<Response> {
  const headers = new Headers(request.headers);
  const isRead = request.method === "GET";
  if (!headers.has("user-agent")) headers.set("user-agent", "HireBuddha/1.0");
  // The same on every attempt, so that a service that knows the header does the work once.
  if (!isRead && !headers.has("idempotency-key")) headers.set("idempotency-key", context.stepKey);
  if (!isRead && request.body && !headers.has("content-type"))
    headers.set("content-type", contentType(request.body));
  if (signIn) headers.set(signIn.headerName, signIn.value.reveal());
  return safeFetch(
    request.url,
    {
      method: request.method,
      headers,
      body: isRead || !request.body ? undefined : request.body,
      signal: context.signal,
    },
    { allowHttp: true, trustedHosts: operatorHosts(), timeoutMs, maxBytes: MAX_ANSWER_BYTES },
  );
}

function contentType(body: string): string {
  return parseJson(body) === undefined ? "text/plain; charset=utf-8" : "application/json";
}

function parseJson(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

function isAccepted(status: number, allowed: readonly number[]): boolean {
  return allowed.length > 0 ? allowed.includes(status) : status >= 200 && status < 300;
}

function refusal(nodeName: string, response: Response, body: string): AppError {
  const { status } = response;
  const retryAfterMs = retryAfter(Object.fromEntries(response.headers), Date.now());
  const excerpt = body.trim().slice(0, 200);
  return new AppError(
    "upstream",
    `“${nodeName}”: the service answered ${status}${excerpt ? ` (${excerpt})` : ""}.`,
    {
      reason: `http_${status}`,
      retryable: RETRYABLE.has(status) || status >= 500,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  );
}

/** A header in one line. @throws AppError `invalid`, naming node and header, for letters that no header can hold */
function headerValue(values: NodeValues, name: string, template: string): string {
  const text = render(values, name, template).replace(/[\r\n]+/g, " ");
  const strange = strangeInHeader(text);
  if (strange === null) return text;
  const message = `A header cannot hold “${strange}”. Write it encoded, with the filter url_encode.`;
  throw new AppError("invalid", `“${values.nodeName}”, ${name}: ${message}`, { reason: "template" });
}

/** @throws AppError as `signInFor`, naming the node */
async function signInOf({ credentialId = "", url }: HttpRequest, context: NodeContext): Promise<SignIn> {
  try {
    return await signInFor(context.scope, credentialId, url);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, reason, retryable } = error;
    throw new AppError(code, `“${context.nodeName}”: ${message}`, { reason, retryable, cause: error });
  }
}

/** Calls another service over `safeFetch`: public addresses only, or hosts the operator opened. */
export const httpRunner = effectRunner("http", {
  prepare: (config, values) => ({
    method: config.method,
    url: render(values, "URL", config.url).trim(),
    headers: Object.fromEntries(
      config.headers.map(({ name, value }) => [name, headerValue(values, name, value)]),
    ),
    body: config.method === "GET" ? "" : render(values, "Body", config.body),
    ...(config.credentialId ? { credentialId: config.credentialId } : {}),
  }),
  // A service that knows the key refuses another body with it, as one that says what time it is would be.
  again: (request, before) => {
    const sent = sentBefore.safeParse(before);
    return sent.success && request.method !== "GET" ? { ...request, ...sent.data } : request;
  },
  // Asking for something again does no harm (RFC 9110, 9.2.1: safe methods); a credential is read from the database first.
  ahead: ({ method, credentialId }) => (method === "GET" && !credentialId ? "to_end" : "nowhere"),
  show: ({ credentialId: _, ...request }) => ({ ...request, headers: masked(request.headers) }),
  run: async (input, config, context) => {
    const started = performance.now();
    const signIn = input.credentialId ? await signInOf(input, context) : null;
    const said = (text: string) => (signIn ? withoutValue(text, signIn.value) : text);
    const timeoutMs = Math.min(config.timeoutMs, context.timeoutMs);
    const response = await send(input, signIn, { timeoutMs, context });
    const text = said(await response.text());
    if (!isAccepted(response.status, config.allowedStatus)) throw refusal(context.nodeName, response, text);
    const parsed = parseJson(text);
    return {
      output: {
        status: response.status,
        body: parsed === undefined ? text : parsed,
        headers: Object.fromEntries([...response.headers].map(([name, value]) => [name, said(value)])),
      },
      detail: { latencyMs: Math.round(performance.now() - started) },
    };
  },
});
