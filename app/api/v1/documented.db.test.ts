import { beforeAll, describe, expect, it } from "vitest";
import { OPERATIONS } from "@/lib/api/catalogue";
import { documentedAnswers } from "@/lib/api/documented-testing";
import { openApiDocument } from "@/lib/api/openapi";
import type { Operation } from "@/lib/api/operation";
import { newId } from "@/lib/ids";
import { seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { plantRows } from "@/lib/testing/rows";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { createWorkflow } from "@/lib/workflows/commands/create";
import { testGraph, testNode } from "@/lib/workflows/graph-testing";
import { createWorkflowInput } from "@/lib/workflows/input";
import { makeReadable, plantedIds, requestOf } from "./planted-testing";
import { type CallOptions, call, makeKey } from "./testing";

withTestDatabase();

let tenant: TestTenant;
let ids: Record<string, string>;
/** Several, as each may only call so often. */
let keys: Record<string, string>;
beforeAll(async () => {
  await seedRunPrices();
  tenant = await makeTenant();
  await plantRows(tenant, null);
  ids = { ...(await plantedIds(tenant)), ...(await makeReadable(tenant)) };
  keys = {};
  for (const name of ["reads", "queries", "bodies"]) keys[name] = await makeKey(tenant);
});

/** `call` itself fails for an answer that the document does not tell of. */
function send(operation: Operation, query: Readonly<Record<string, string>>, options: CallOptions) {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? "");
  const search = new URLSearchParams(query).toString();
  return call(operation.method.toUpperCase(), search ? `${path}?${search}` : path, options);
}

const queryOf = ({ query, example }: Operation) =>
  query && !query.safeParse({}).success ? { ...example?.query } : {};

const MANY = "9".repeat(400);
const TEXTS = ["", "x", MANY, "-1", "1.5", "1e9", "\u0000", "2026-02-30", "0000-01-01", "%", newId()];
const VALUES = [...TEXTS, null, true, -1, 1.5, 1e308, [], [null], {}, { a: { b: [1] } }, "\ud800"];

describe("each answer is one that the document tells of", () => {
  it("reading what there is", async () => {
    const told: (string | number)[][] = [];
    for (const operation of OPERATIONS.filter(({ method }) => method === "get")) {
      const response = await send(operation, queryOf(operation), { key: keys.reads ?? "" });
      if (response.status !== 200) told.push([operation.id, response.status]);
      await response.body?.cancel();
    }
    // The planted credit note is not issued yet, and the plan of the example is nobody's.
    expect(told).toEqual([
      ["getCreditNote", 404],
      ["getCreditNotePdf", 404],
      ["previewPlanChange", 404],
    ]);
  });

  it("whatever a parameter of the query says", async () => {
    for (const operation of OPERATIONS.filter(({ method }) => method === "get"))
      for (const name of Object.keys(operation.query?.shape ?? {}))
        for (const value of TEXTS) {
          const query = { ...queryOf(operation), [name]: value };
          const response = await send(operation, query, { key: keys.queries ?? "" });
          expect([operation.id, query, response.status < 500]).toEqual([operation.id, query, true]);
          await response.body?.cancel();
        }
  });

  it("whatever a field of the body says, and what is refused names fields", async () => {
    for (const operation of OPERATIONS) {
      const sent = requestOf(operation).json;
      if (typeof sent !== "object" || sent === null) continue;
      for (const field of Object.keys(sent))
        for (const value of [...VALUES, undefined]) {
          const json = { ...sent, [field]: value };
          const response = await send(operation, {}, { key: keys.bodies ?? "", json });
          expect([operation.id, json, response.status < 500]).toEqual([operation.id, json, true]);
          if (response.status !== 422) continue;
          const { fields } = await response.json();
          const isTold = Object.keys(fields ?? {}).length > 0;
          expect([operation.id, json, isTold]).toEqual([operation.id, json, true]);
        }
    }
  });

  it("what an estimate, an upload and a search refuse besides", async () => {
    const key = keys.reads ?? "";
    const graph = testGraph([testNode("input", "input")], []);
    const draft = await createWorkflow(tenant.admin, createWorkflowInput.parse({ name: "Draft", graph }));
    // `call` has looked at the document already.
    const estimate = await call("GET", `/workflows/${draft.id}/estimate`, { key });
    expect([estimate.status, (await estimate.json()).reason]).toEqual([412, "not_published"]);
    const agentId = newId();
    const upload = { key, body: "text", headers: { "x-filename": "a.txt" } };
    expect((await call("POST", `/documents?agentId=${agentId}`, upload)).status).toBe(404);
    const search = { key, json: { query: "x", agentId } };
    expect((await call("POST", "/documents/search", search)).status).toBe(404);
  });
});

describe("what is not as documented", () => {
  const unlike = documentedAnswers(openApiDocument(OPERATIONS, "http://localhost"));
  const problem = {
    type: "about:blank",
    title: "x",
    status: 404,
    detail: "x",
    code: "not_found",
    requestId: "x",
  };
  const as = (type: string) => ({ "content-type": type });

  it.each([
    ["a status", new Response("{}", { status: 418 }), "418, which is not documented"],
    ["a content type", Response.json(problem, { status: 403 }), "as “application/json”"],
    ["a field too many", Response.json({ data: [], nextCursor: null, more: 1 }), "not as documented"],
    ["a field too few", Response.json({ data: [] }), "nextCursor"],
    [
      "a code of no list",
      Response.json({ ...problem, code: "odd" }, { status: 403, headers: as("application/problem+json") }),
      "code",
    ],
  ])("is found: %s", async (_, response, said) => {
    expect(await unlike("GET", "/agents", response)).toContain(said);
  });

  it("and what fits is not", async () => {
    expect(await unlike("GET", "/agents", Response.json({ data: [], nextCursor: null }))).toBe(null);
    const refusal = Response.json(problem, { status: 404, headers: as("application/problem+json") });
    expect(await unlike("GET", "/agents/{agentId}", refusal)).toBe(null);
  });
});
