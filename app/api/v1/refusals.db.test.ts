import { beforeAll, describe, expect, it } from "vitest";
import { OPERATIONS } from "@/lib/api/catalogue";
import type { Operation } from "@/lib/api/operation";
import { API_LIMIT } from "@/lib/api/route";
import { API_SCOPES } from "@/lib/auth/permissions";
import { apiKeyScope } from "@/lib/auth/scope";
import { newId } from "@/lib/ids";
import { consume } from "@/lib/rate-limit/consume";
import { withTestDatabase } from "@/lib/testing/database";
import { plantRows } from "@/lib/testing/rows";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { plantedIds, requestOf } from "./planted-testing";
import { anyPath, type CallOptions, call, makeKey, methodsOf } from "./testing";

withTestDatabase();

let tenant: TestTenant;
let key: string;
beforeAll(async () => {
  tenant = await makeTenant();
  await plantRows(tenant, null);
  key = await makeKey(tenant);
});

function send(operation: Operation, path: string, options: CallOptions) {
  return call(operation.method.toUpperCase(), path, { ...requestOf(operation), ...options });
}

describe("who may call", () => {
  it("nobody without a working key, and the answer says how to send one", async () => {
    for (const operation of OPERATIONS) {
      for (const authorization of ["", "Bearer hb_nothing-like-this-key-exists", "Basic aGI6aGI="]) {
        const response = await send(operation, anyPath(operation), {
          headers: { ...requestOf(operation).headers, authorization, cookie: "authjs.session-token=x" },
        });
        expect([operation.id, response.status]).toEqual([operation.id, 401]);
        expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
        expect(await response.json()).toMatchObject({
          code: "unauthenticated",
          requestId: expect.any(String),
        });
      }
    }
  });

  it("a key only what its scopes hold: everything but the one scope is refused", async () => {
    const without = new Map<string, string>();
    for (const scope of API_SCOPES)
      without.set(
        scope,
        await makeKey(
          tenant,
          API_SCOPES.filter((other) => other !== scope),
        ),
      );
    for (const operation of OPERATIONS) {
      const response = await send(operation, anyPath(operation), {
        key: without.get(operation.apiScope) ?? "",
      });
      expect([operation.id, response.status]).toEqual([operation.id, 403]);
      expect((await response.json()).detail).toContain(operation.apiScope);
    }
  });

  it("starts nothing for a key that wants to wait but may not read runs", async () => {
    const runsOnly = await makeKey(tenant, ["agents:run"]);
    const { agentId } = await plantedIds(tenant);
    const response = await call("POST", `/agents/${agentId}/runs?wait=5`, {
      key: runsOnly,
      json: { prompt: "x" },
    });
    expect([response.status, (await response.json()).detail]).toEqual([
      403,
      expect.stringContaining("executions:read"),
    ]);
  });

  it("another workspace's ids do not exist, nor do ids that are none", async () => {
    const stranger = await makeKey(await makeTenant());
    const ids = await plantedIds(tenant);
    const withIds = OPERATIONS.filter((operation) => operation.params);
    expect(withIds.length).toBeGreaterThan(10);
    for (const operation of withIds) {
      const theirs = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? "");
      const noId = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
        name === "nodeId" ? "a" : "1%27--",
      );
      for (const path of [theirs, noId]) {
        const response = await send(operation, path, { key: stranger });
        expect([operation.id, path, response.status]).toEqual([operation.id, path, 404]);
        expect(await response.json()).toMatchObject({ code: "not_found" });
      }
    }
    expect((await call("GET", `/documents/${ids.documentId}`, { key })).status).toBe(200);
    expect((await call("GET", `/executions/${ids.executionId}/steps/a`, { key })).status).toBe(200);
  });

  it("only so often", async () => {
    const busy = await makeKey(tenant);
    const scope = await apiKeyScope(
      new Request("http://localhost", { headers: { authorization: `Bearer ${busy}` } }),
    );
    const subject = scope.actor.kind === "api_key" ? scope.actor.keyId : "";
    let response = new Response();
    // A window that ends meanwhile starts the count again.
    for (let round = 0; round < 2 && response.status !== 429; round += 1) {
      for (let count = 0; count < API_LIMIT.max; count += 1)
        await consume([{ limit: API_LIMIT, subject }]).catch(() => {});
      response = await call("GET", "/documents", { key: busy });
    }
    expect([response.status, (await response.json()).code]).toEqual([429, "rate_limited"]);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await call("GET", "/documents", { key })).status).toBe(200);
  });
});

describe("what is not taken", () => {
  const invalid = async (path: string, options: CallOptions, method = "POST") => {
    const response = await call(method, path, { key, ...options });
    return { status: response.status, ...(await response.json()) };
  };

  it("names the field of what is wrong in JSON and in the query", async () => {
    const search = "/documents/search";
    expect(await invalid(search, { json: { query: "x", tenantId: "y", topK: 99 } })).toMatchObject({
      status: 422,
      fields: { topK: [expect.any(String)], tenantId: [expect.any(String)] },
    });
    expect(await invalid(search, { json: { query: "a\u0000b" } })).toMatchObject({
      status: 422,
      fields: { query: [expect.stringContaining("cannot be stored")] },
    });
    expect(await invalid("/usage?from=2026-13-01", {}, "GET")).toMatchObject({
      status: 422,
      fields: { from: [expect.any(String)] },
    });
    expect(await invalid("/usage?from=2026-02-02&to=2026-01-01", {}, "GET")).toMatchObject({
      status: 422,
      fields: { to: [expect.any(String)] },
    });
    const [days, costs] = ["from=2026-02-02&to=2026-02-01", "minCost=2&maxCost=.5"];
    expect(await invalid(`/executions?${days}`, {}, "GET")).toMatchObject({
      status: 422,
      fields: { to: ["The last day is before the first one."] },
    });
    expect(await invalid(`/executions?${costs}`, {}, "GET")).toMatchObject({
      status: 422,
      fields: { maxCost: ["The highest cost is below the lowest one."] },
    });
    const filter = Object.fromEntries(new URLSearchParams(days));
    expect(await invalid("/executions/batches/cancel", { json: { filter } })).toMatchObject({
      status: 422,
      fields: { "filter.to": ["The last day is before the first one."] },
    });
    expect(await invalid("/agents?tenantId=1", {}, "GET")).toMatchObject({
      status: 422,
      fields: { tenantId: [expect.any(String)] },
    });
    expect(await invalid("/agents?limit=1&limit=2", {}, "GET")).toMatchObject({
      status: 422,
      fields: { limit: [expect.any(String)] },
    });
    expect(await invalid("/documents?q=a%00b", {}, "GET")).toMatchObject({
      status: 422,
      fields: { q: [expect.any(String)] },
    });
    const { agentId, executionId } = await plantedIds(tenant);
    const steps = `/executions/${executionId}/steps`;
    expect(await invalid(`${steps}/a?iteration=2147483648`, {}, "GET")).toMatchObject({
      status: 422,
      fields: { iteration: [expect.any(String)] },
    });
    expect(await invalid(`${steps}/a%00b`, {}, "GET")).toMatchObject({ status: 404, code: "not_found" });
    const early = { status: 422, fields: { wait: ["At least 0 seconds."] } };
    expect(await invalid(`/executions/${executionId}?wait=-1`, {}, "GET")).toMatchObject(early);
    expect(await invalid(`/agents/${agentId}/runs?wait=-1`, { json: { prompt: "x" } })).toMatchObject(early);
    const named = { json: { prompt: "x" }, headers: { "idempotency-key": "two words" } };
    expect(await invalid(`/agents/${agentId}/runs`, named)).toMatchObject({
      status: 422,
      fields: { "Idempotency-Key": [expect.any(String)] },
    });
  });

  it("refuses bodies that are no JSON, too deep, or over a megabyte", async () => {
    const headers = { "content-type": "application/json" };
    const search = "/documents/search";
    for (const body of [
      "",
      "{",
      '{"query": "x"',
      new Uint8Array([34, 255, 34]),
      "[".repeat(100_000) + "]".repeat(100_000),
    ])
      expect(await invalid(search, { body, headers })).toMatchObject({ status: 422, reason: "bad_json" });
    expect(await invalid(search, { body: '{"query":"x"}' })).toMatchObject({
      status: 422,
      reason: "content_type",
    });
    const large = JSON.stringify({ query: "x".repeat(1_100_000) });
    expect(await invalid(search, { body: large, headers })).toMatchObject({
      status: 413,
      code: "limit_exceeded",
    });
  });

  it("refuses fields where there is no body, by their names, and takes an empty object for none", async () => {
    const bare = OPERATIONS.filter(({ method, body }) => method !== "get" && !body);
    expect(bare.map(({ id }) => id)).toContain("cancelPlan");
    for (const operation of bare) {
      const refused = await send(operation, anyPath(operation), { key, json: { immediately: true } });
      expect([operation.id, refused.status, (await refused.json()).fields]).toEqual([
        operation.id,
        422,
        { immediately: ["There is no such field."] },
      ]);
      const empty = await send(operation, anyPath(operation), { key, json: {} });
      expect([operation.id, [404, 412].includes(empty.status)]).toEqual([operation.id, true]);
    }
  });

  it("refuses files without a name, of another kind, empty, cut off, or over 50 MB, and keeps nothing", async () => {
    const path = "/documents";
    expect(await invalid(path, { body: "x" })).toMatchObject({
      status: 422,
      fields: { filename: [expect.any(String)] },
    });
    expect(await invalid(`${path}?filename=a.exe`, { body: "x" })).toMatchObject({
      status: 422,
      fields: { file: [expect.any(String)] },
    });
    expect(await invalid(`${path}?filename=a.txt`, { body: "" })).toMatchObject({ status: 422 });
    const short = { body: "short", headers: { "content-length": "500" } };
    expect(await invalid(`${path}?filename=a.txt`, short)).toMatchObject({
      status: 422,
      reason: "incomplete",
    });
    const announced = { body: "x", headers: { "content-length": String(51 * 1024 * 1024) } };
    expect(await invalid(`${path}?filename=a.txt`, announced)).toMatchObject({ status: 413 });
    const megabyte = new Uint8Array(1024 * 1024);
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(megabyte) });
    expect(await invalid(`${path}?filename=a.txt`, { body: endless })).toMatchObject({
      status: 413,
      reason: "file_too_large",
    });
    expect((await (await call("GET", "/documents", { key })).json()).data).toHaveLength(1);
  });

  it("refuses forms without a file, with parts that do not belong, or with parts behind the file", async () => {
    const file = new File(["some text"], "a.txt");
    const formOf = (...parts: [string, string | File][]) => {
      const made = new FormData();
      for (const [name, value] of parts) made.append(name, value);
      return { body: made };
    };
    const agentId = newId();
    expect(await invalid("/documents", formOf(["agentId", agentId]))).toMatchObject({
      status: 422,
      fields: { file: [expect.any(String)] },
    });
    expect(await invalid("/documents", formOf(["tenantId", "x"], ["file", file]))).toMatchObject({
      status: 422,
      fields: { tenantId: [expect.any(String)] },
    });
    expect(await invalid("/documents", formOf(["file", file], ["agentId", agentId]))).toMatchObject({
      status: 422,
      fields: { agentId: [expect.any(String)] },
    });
    expect(await invalid("/documents", formOf(["agentId", agentId], ["file", file]))).toMatchObject({
      status: 404,
    });
    expect((await (await call("GET", "/documents", { key })).json()).data).toHaveLength(1);
  });

  it("answers what is not there with a problem: paths 404, methods 405 with Allow", async () => {
    for (const method of ["GET", "POST", "DELETE"])
      expect(await invalid("/nothing/here", {}, method)).toMatchObject({ status: 404, code: "not_found" });
    for (const { path } of OPERATIONS) {
      const response = await call(
        "PATCH",
        path.replace(/\{\w+\}/g, () => newId()),
        { key },
      );
      const allowed = response.headers.get("allow")?.split(", ");
      expect([path, response.status, allowed?.toSorted()]).toEqual([path, 405, methodsOf(path).toSorted()]);
      expect(await response.json()).toMatchObject({ status: 405, reason: "method_not_allowed" });
    }
    const ofDocument = await call("POST", "/openapi.json");
    expect([ofDocument.status, ofDocument.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect(await ofDocument.json()).toMatchObject({ status: 405, reason: "method_not_allowed" });
  });
});
