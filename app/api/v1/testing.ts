import { globSync } from "node:fs";
import { join } from "node:path";
import { OPERATIONS } from "@/lib/api/catalogue";
import { documentedAnswers } from "@/lib/api/documented-testing";
import { openApiDocument } from "@/lib/api/openapi";
import type { Operation } from "@/lib/api/operation";
import { createApiKey } from "@/lib/api-keys/commands";
import { API_SCOPES, type ApiScope } from "@/lib/auth/permissions";
import { newId } from "@/lib/ids";
import type { TestTenant } from "@/lib/testing/scopes";

type Handle = (request: Request, context: { params: Promise<unknown> }) => Promise<Response>;
type RouteModule = Partial<Record<string, Handle>>;

const ROOT = "app/api/v1";
/** Fixed segments win over parameters, and those over the rest, as in Next. */
const RANK = (segment: string) => (segment.startsWith("[[") ? "2" : segment.startsWith("[") ? "1" : "0");
const FOLDERS = globSync(`${ROOT}/**/route.ts`)
  .map((file) => file.slice(ROOT.length + 1, -"/route.ts".length).split("/"))
  .sort((a, b) => (a.map(RANK).join("") < b.map(RANK).join("") ? -1 : 1));

/** The paths that have a route file, with `{name}` for parameters. */
export const ROUTED_PATHS: readonly string[] = FOLDERS.map(documentedPath);

function match(folder: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (folder[0]?.startsWith("[[")) return {};
  if (folder.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of folder.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith("[")) params[part.slice(1, -1)] = decodeURIComponent(segment);
    else if (part !== segment) return null;
  }
  return params;
}

export type CallOptions = {
  key?: string;
  json?: unknown;
  body?: RequestInit["body"];
  headers?: Record<string, string>;
};

const unlikeDocument = documentedAnswers(openApiDocument(OPERATIONS, "http://localhost"));

function documentedPath(folder: readonly string[]): string {
  return `/${folder.join("/").replace(/\[(\w+)\]/g, "{$1}")}`;
}

/**
 * Calls the handler that Next would, with a real request. @throws when the answer is none that the OpenAPI document tells
 * of: a status, a content type or a field of its own
 */
export async function call(method: string, path: string, options: CallOptions = {}): Promise<Response> {
  const url = new URL(`http://localhost/api/v1${path}`);
  const segments = path.replace(/\?.*/, "").slice(1).split("/");
  for (const folder of FOLDERS) {
    const params = match(folder, segments);
    if (!params) continue;
    const route = (await import(join(process.cwd(), ROOT, ...folder, "route.ts"))) as RouteModule;
    const handle = route[method];
    if (!handle) return new Response(null, { status: 405 });
    const request = new Request(url, requestInit(method, options));
    const response = await handle(request, { params: Promise.resolve(params) });
    const unlike = await unlikeDocument(method, documentedPath(folder), response);
    if (unlike) throw new Error(unlike);
    return response;
  }
  throw new Error(`no route for ${path}`);
}

function requestInit(method: string, { key, json, body, headers }: CallOptions): RequestInit {
  const sent = json === undefined ? body : JSON.stringify(json);
  return {
    method,
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(sent === undefined || sent === null ? {} : { body: sent, duplex: "half" }),
  } as RequestInit;
}

/** A key of the tenant with these scopes; all of them unless said otherwise. */
export async function makeKey(tenant: TestTenant, scopes: readonly ApiScope[] = API_SCOPES): Promise<string> {
  const { key } = await createApiKey(tenant.admin, { name: "Test", scopes: [...scopes], expiry: "30" });
  return key;
}

/** Where it is, with what it must be asked with. */
export function anyPath({ path, query, example }: Operation): string {
  const needsQuery = query !== undefined && !query.safeParse({}).success;
  return (
    path.replace(/\{\w+\}/g, () => newId()) + (needsQuery ? `?${new URLSearchParams(example?.query)}` : "")
  );
}

/** The methods of a path, in the words of `Allow`. */
export function methodsOf(path: string): string[] {
  const methods = OPERATIONS.filter((operation) => operation.path === path).map(({ method }) =>
    method.toUpperCase(),
  );
  return methods.includes("GET") ? [...methods, "HEAD"] : methods;
}
