import { describe, expect, it } from "vitest";
import { z } from "zod";
import { OPERATIONS } from "@/lib/api/catalogue";
import { COMPONENTS } from "@/lib/api/json-schema";
import { type OperationObject, openApiDocument } from "@/lib/api/openapi";
import { REFUSALS } from "@/lib/api/refusals";
import { API_SCOPES } from "@/lib/auth/permissions";
import { idempotencyKey } from "@/lib/runs/input";
import { call, ROUTED_PATHS } from "./testing";

const document = openApiDocument(OPERATIONS, "https://hirebuddha.example");
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

function refsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === "$ref" && typeof item === "string" ? [item] : refsIn(item),
  );
}

function at(pointer: string): unknown {
  return pointer
    .slice(2)
    .split("/")
    .reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], document);
}

function namesInPath(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
}

describe("the OpenAPI document", () => {
  it("holds every operation once, under an id of its own", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(OPERATIONS.length);
    expect(ids.toSorted()).toEqual(OPERATIONS.map(({ id }) => id).toSorted());
    expect(new Set(OPERATIONS.map((operation) => operation.apiScope))).toEqual(new Set(API_SCOPES));
  });

  it("documents every route file, and every operation has one that answers its method", async () => {
    const routed = ROUTED_PATHS.filter((path) => path !== "/openapi.json" && !path.startsWith("/[["));
    expect(Object.keys(document.paths).toSorted()).toEqual(routed.toSorted());
    for (const [path, methods] of Object.entries(document.paths)) {
      const options = await call("OPTIONS", path.replace(/\{\w+\}/g, "x"));
      const allowed = (options.headers.get("allow") ?? "").split(", ").filter((method) => method !== "HEAD");
      expect(allowed.toSorted(), path).toEqual(
        Object.keys(methods)
          .map((method) => method.toUpperCase())
          .toSorted(),
      );
    }
  });

  it("tells of every status it refuses with, in words for a program", () => {
    const told = new Set(REFUSALS.map(({ status }) => String(status)));
    const refused = operations.flatMap(({ operation }) =>
      Object.keys(operation.responses).filter((status) => !status.startsWith("2")),
    );
    expect([...new Set(refused)].filter((status) => !told.has(status))).toEqual([]);
    expect(JSON.stringify(document)).not.toContain("Sign in");
  });

  it("refers to nothing that is not there, and has no schema that nobody uses", () => {
    const refs = refsIn(document);
    for (const ref of refs) expect(at(ref), ref).toBeTypeOf("object");
    const used = new Set(refs.filter((ref) => ref.startsWith(COMPONENTS)));
    const unused = Object.keys(document.components.schemas).filter((name) => !used.has(COMPONENTS + name));
    // Named in the text of the stream, which OpenAPI cannot describe.
    expect(unused).toEqual(["ExecutionMessage"]);
    expect(JSON.stringify(document)).not.toContain("$defs");
  });

  it("lets every list that has pages be asked for as many rows as its caller likes", () => {
    const paged = OPERATIONS.filter(
      ({ response }) => response instanceof z.ZodObject && response.shape.nextCursor,
    );
    expect(paged.length).toBeGreaterThan(8);
    const unpaged = paged.filter(({ query }) => !query?.shape.cursor || !query.shape.limit);
    expect(unpaged.map(({ id }) => id)).toEqual([]);
  });

  it("names each parameter of a path, a summary, a success and the refusals", () => {
    for (const { path, method, operation } of operations) {
      const where = `${method} ${path}`;
      const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
      expect(inPath.map(({ name }) => name).toSorted(), where).toEqual(namesInPath(path).toSorted());
      expect(
        inPath.every((parameter) => parameter.required),
        where,
      ).toBe(true);
      expect(operation.summary, where).toMatch(/^[A-Z]/);
      const statuses = Object.keys(operation.responses);
      expect(statuses.filter((status) => status.startsWith("2")).length, where).toBeGreaterThan(0);
      expect(statuses, where).toEqual(expect.arrayContaining(["401", "403", "422", "429", "500"]));
      expect(method !== "get", where).toBe(statuses.includes("413"));
      expect(described(operation), where).toEqual([]);
    }
  });

  it("says of each start of a run what a replay answers, and with which header", () => {
    const starts = operations.filter(({ operation }) => operation.responses[202]?.headers);
    expect(starts.map(({ operation }) => operation.operationId).toSorted()).toEqual([
      "replayExecution",
      "resumeExecution",
      "runAgent",
      "runWorkflow",
    ]);
    for (const { path, operation } of starts) {
      for (const status of [200, 202]) {
        const { description, headers } = operation.responses[status] ?? {};
        expect(description, path).toMatch(/\breplay\b/i);
        expect(Object.keys(headers ?? {}), path).toEqual(["Idempotency-Replayed"]);
      }
    }
  });

  it("takes as a key for doing it once what an operation takes, and nothing else", () => {
    const told = operations.flatMap(({ operation }) =>
      operation.parameters.filter(({ name }) => name === "Idempotency-Key").map(({ schema }) => schema),
    );
    expect(told.length).toBeGreaterThan(5);
    for (const key of ["a", "order-1042", "~".repeat(255), "", "two words", "Größe", "~".repeat(256)])
      for (const { pattern } of told)
        expect([key, new RegExp(String(pattern)).test(key)]).toEqual([
          key,
          idempotencyKey.safeParse(key).success,
        ]);
  });

  it("shows examples that the schemas of the bodies take", () => {
    for (const operation of OPERATIONS) {
      const { body, query, example } = operation;
      if (body && body !== "file") expect(body.safeParse(example?.body).success, operation.id).toBe(true);
      if (example?.query) expect(query?.safeParse(example.query).success, operation.id).toBe(true);
    }
  });
});

/** Query parameters without a sentence about them. */
function described(operation: OperationObject): string[] {
  return operation.parameters.filter((it) => it.in !== "path" && !it.description).map(({ name }) => name);
}
