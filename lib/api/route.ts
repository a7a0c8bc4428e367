import "server-only";
import { z } from "zod";
import type { TenantScope } from "@/db/scope";
import { requestFacts } from "@/lib/auth/request";
import { apiKeyCaller, apiKeyScope } from "@/lib/auth/scope";
import { AppError, fieldError } from "@/lib/errors";
import { withLogContext } from "@/lib/log";
import { outsideProblem } from "@/lib/outside-value";
import { invalidInput, parseInput } from "@/lib/parse";
import { consume } from "@/lib/rate-limit/consume";
import { idempotencyKey } from "@/lib/runs/input";
import { readJson, readOddJson } from "./json-body";
import { jsonResponse } from "./json-response";
import { type Operation, successStatus } from "./operation";
import { problemResponse } from "./problem";

type Part<T> = T extends z.ZodType ? z.output<T> : undefined;

export type Call<O extends Operation> = {
  scope: TenantScope;
  params: Part<O["params"]>;
  query: Part<O["query"]>;
  body: Part<O["body"]>;
  idempotencyKey: string | null;
  request: Request;
};

type Body<O extends Operation> = O["response"] extends z.ZodType
  ? z.input<O["response"]>
  : O["response"] extends "none"
    ? undefined
    : Response;

/** An answer with a status or headers of its own. */
export class Reply<T> {
  constructor(
    readonly body: T,
    readonly init: { status?: number; headers?: Record<string, string> },
  ) {}
}

type Handler<O extends Operation> = (
  call: Call<O>,
) => Promise<Body<O> | Reply<Body<O>> | (O["mayStream"] extends true ? Response : never)>;

type Context = { params: Promise<unknown> };

export type ApiRoute = {
  operation: Operation;
  handle: (request: Request, context: Context) => Promise<Response>;
};

/** What a program may do; 600 calls a minute keep one that runs wild from slowing down the others. */
export const API_LIMIT = { name: "api.key", max: 600, windowMs: 60_000 } as const;

function keyOf(scope: TenantScope): string {
  return scope.actor.kind === "api_key" ? scope.actor.keyId : scope.tenantId;
}

/** An id that is none cannot exist: it is answered like any other that does not. */
function readParams(schema: z.ZodObject, params: unknown): unknown {
  const parsed = schema.safeParse(params);
  if (!parsed.success || outsideProblem(params)) throw new AppError("not_found");
  return parsed.data;
}

function readQuery(operation: Operation, url: string): unknown {
  const { searchParams } = new URL(url);
  for (const name of new Set(searchParams.keys())) {
    if (!operation.query || !Object.hasOwn(operation.query.shape, name))
      throw fieldError(name, `There is no query parameter “${name.slice(0, 100)}” here.`);
    if (searchParams.getAll(name).length > 1) throw fieldError(name, `“${name}” is given more than once.`);
  }
  return operation.query ? parseInput(operation.query, Object.fromEntries(searchParams)) : undefined;
}

function readIdempotencyKey(operation: Operation, request: Request): string | null {
  const given = request.headers.get("idempotency-key");
  if (!operation.isIdempotent || given === null) return null;
  const parsed = idempotencyKey.safeParse(given);
  if (parsed.success) return parsed.data;
  throw fieldError("Idempotency-Key", parsed.error.issues[0]?.message ?? "The Idempotency-Key is not valid.");
}

/** A body that took longer than this to come came late. */
const LATE_MS = 1_000;

/** What an operation without a body may be sent: a field that it does not have is refused here too. */
const NOTHING = z.strictObject({});

/** It takes as long to come as its sender likes, and a key ends at once. */
async function readBody({ method, body }: Operation, request: Request): Promise<unknown> {
  if (method === "get" || body === "file") return undefined;
  const since = performance.now();
  const given = await (body ? readJson(request) : readOddJson(request));
  if (performance.now() - since > LATE_MS) await apiKeyScope(request);
  return parseInput(body ?? NOTHING, given);
}

async function readCall(operation: Operation, request: Request, params: unknown) {
  return {
    params: operation.params ? readParams(operation.params, params) : undefined,
    query: readQuery(operation, request.url),
    idempotencyKey: readIdempotencyKey(operation, request),
    body: await readBody(operation, request),
  };
}

function answerOf(operation: Operation, given: unknown): Response {
  const { body, init } = given instanceof Reply ? given : new Reply(given, {});
  if (body instanceof Response) return body;
  const { response } = operation;
  const status = init.status ?? successStatus(operation);
  const headers = { "cache-control": "private, no-store", ...init.headers };
  if (response === "none") return new Response(null, { status, headers });
  if ("mediaType" in response) throw new Error(`${operation.id} has to answer with a Response`);
  const parsed = response.safeParse(body);
  // Our own answer does not fit its documentation: a defect, never the caller's input.
  if (!parsed.success)
    throw new Error(`The answer of ${operation.id} is not as documented`, {
      cause: invalidInput(parsed.error),
    });
  return jsonResponse(parsed.data, { status, headers });
}

/** A problem of the API: like every problem, and a 401 says how to prove who one is. */
export function apiProblem(error: unknown, requestId: string): Response {
  const response = problemResponse(error, requestId);
  if (response.status === 401) response.headers.set("www-authenticate", 'Bearer realm="HireBuddha API"');
  return response;
}

/**
 * A route of `/api/v1`: proves the key, counts it against the limit, checks what came by the operation's schemas, and
 * answers JSON that fits the documented schema, or a problem with a code. Cookies mean nothing here.
 */
export function apiRoute<const O extends Operation>(operation: O, handler: Handler<O>): ApiRoute {
  const handle = async (request: Request, context: Context): Promise<Response> => {
    const { requestId } = requestFacts(request.headers);
    return withLogContext({ requestId }, async () => {
      try {
        const { scope, takesChanges } = await apiKeyCaller(request);
        // Calls are counted by writing. What only reads goes on while nothing can be written.
        if (takesChanges || operation.method !== "get")
          await consume([{ limit: API_LIMIT, subject: keyOf(scope) }]);
        const read = await readCall(operation, request, await context.params);
        const answer = answerOf(operation, await handler({ ...read, scope, request } as Call<O>));
        answer.headers.set("x-request-id", requestId);
        return answer;
      } catch (error) {
        return apiProblem(error, requestId);
      }
    });
  };
  return { operation, handle };
}
