import { z } from "zod";
import { ERROR_CODES, ERROR_KINDS, type ErrorCode } from "@/lib/errors";
import { idempotencyKey } from "@/lib/runs/input";
import { executionMessage } from "./execution-schemas";
import { type JsonSchema, jsonSchemaOf, sampleOf } from "./json-schema";
import { API_TAGS, type ApiTag, type Operation, successStatus } from "./operation";
import { REFUSALS } from "./refusals";

type Json = Record<string, unknown>;
type Components = Record<string, JsonSchema>;

export type Parameter = {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description?: string;
  schema: JsonSchema;
};

type Media = { schema: JsonSchema; example?: unknown };

export type OperationObject = {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Record<string, Media> };
  responses: Record<
    string,
    { description?: string; $ref?: string; content?: Record<string, Media>; headers?: Json }
  >;
  security: Json[];
};

export type OpenApiDocument = {
  openapi: string;
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  tags: { name: ApiTag; description: string }[];
  security: Json[];
  paths: Record<string, Record<string, OperationObject>>;
  components: { securitySchemes: Json; schemas: Components; responses: Json };
};

/** What each group of operations is about. */
export const TAG_DESCRIPTIONS: Readonly<Record<ApiTag, string>> = {
  Documents: "What agents read. Upload files, follow how they are read, and search them.",
  Agents: "The staff of the workspace, and how to put them to work.",
  Workflows: "Agents and other steps in a chain, run as a whole.",
  Executions: "Runs: state, result, each step with its tokens and cost, live.",
  Approvals: "Questions that runs ask people before they go on.",
  Usage: "What was used and what it cost, from the ledger.",
  Invoices: "What was billed, line by line.",
  Plan: "What the workspace subscribes to, and what a change would cost before it is made.",
  Credit: "What can be spent and what it is made of, and buying more.",
  Caps: "How much may be spent at most, by everything, one agent, or each run.",
};

const problem = z
  .object({
    type: z.literal("about:blank"),
    title: z.string().meta({ examples: ["This does not exist."] }),
    status: z.int().meta({ examples: [404] }),
    detail: z
      .string()
      .meta({ description: "What went wrong, for a person.", examples: ["This document does not exist."] }),
    code: z.enum(ERROR_CODES).meta({ examples: ["not_found"] }),
    reason: z.string().optional().meta({ description: "More exactly, for a program." }),
    fields: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .meta({ description: "What is wrong, by field." }),
    requestId: z.string().meta({ description: "Quote it when you ask for help.", examples: ["0193a5c2-…"] }),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details." });

function parameters(
  schema: z.ZodObject | undefined,
  place: "path" | "query",
  components: Components,
): Parameter[] {
  return Object.entries(schema?.shape ?? {}).map(([name, type]) => {
    const { description, ...rest } = jsonSchemaOf(type as z.ZodType, "input", components);
    return {
      name,
      in: place,
      required: place === "path" || !(type as z.ZodType).safeParse(undefined).success,
      ...(description ? { description } : {}),
      schema: rest,
    };
  });
}

const IDEMPOTENCY: Parameter = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "Names this call, in visible ASCII characters without spaces: sent again with the same request it is not done again but answered with what the first call did, with another request it is refused with 409.",
  schema: { ...jsonSchemaOf(idempotencyKey, "input", {}), maxLength: 255 },
};

const FILENAME: Parameter = {
  name: "X-Filename",
  in: "header",
  required: false,
  description: "The name of the file when its bytes are the body; may be percent-encoded.",
  schema: { type: "string", maxLength: 255 },
};

const FILE: Media = { schema: { type: "string", format: "binary" } };
const FORM: Media = {
  schema: {
    type: "object",
    properties: {
      agentId: { type: "string", format: "uuid", description: "As in the query; comes before the file." },
      file: { type: "string", format: "binary" },
    },
    required: ["file"],
  },
};

function requestBody(operation: Operation, components: Components): Pick<OperationObject, "requestBody"> {
  if (!operation.body) return {};
  const content: Record<string, Media> =
    operation.body === "file"
      ? { "multipart/form-data": FORM, "application/octet-stream": FILE }
      : { "application/json": json(operation.body, "input", components, operation.example?.body) };
  return { requestBody: { required: true, content } };
}

function json(type: z.ZodType, io: "input" | "output", components: Components, example?: unknown): Media {
  const schema = jsonSchemaOf(type, io, components);
  return { schema, example: example ?? sampleOf(schema, components) };
}

const REPLAYED = {
  "Idempotency-Replayed": {
    description: "`true` when an earlier call with the same key has done it.",
    schema: { type: "string", enum: ["true"] },
  },
};

const EVENTS: Record<string, Media> = { "text/event-stream": { schema: { type: "string" } } };

function successes(operation: Operation, components: Components): OperationObject["responses"] {
  const { response, orStatus, when } = operation;
  const headers = operation.isIdempotent ? { headers: REPLAYED } : {};
  if (response === "none") return { 204: { description: "Done." } };
  if ("mediaType" in response) {
    const binary = response.mediaType === "text/event-stream" ? {} : { format: "binary" };
    const content = { [response.mediaType]: { schema: { type: "string", ...binary } } };
    return { 200: { description: response.description, content } };
  }
  const content = { "application/json": json(response, "output", components) };
  const status = successStatus(operation);
  const done = when ?? (status === 202 ? "Started." : status === 201 ? "Stored." : "Done.");
  return {
    ...(orStatus
      ? {
          [orStatus.status]: {
            description: orStatus.when,
            ...headers,
            content: operation.mayStream ? { ...content, ...EVENTS } : content,
          },
        }
      : {}),
    [status]: { description: done, ...headers, content },
  };
}

/** The refusals a caller can meet, by the kind of operation. */
function refusalsOf(operation: Operation): ErrorCode[] {
  const codes: ErrorCode[] = ["unauthenticated", "forbidden"];
  if (operation.params) codes.push("not_found");
  if (operation.method !== "get") codes.push("limit_exceeded");
  return [...codes, ...(operation.refuses ?? []), "invalid", "rate_limited", "internal"];
}

function operationObject(operation: Operation, components: Components): OperationObject {
  const refusals = refusalsOf(operation).map((code) => [
    ERROR_KINDS[code].status,
    { $ref: `#/components/responses/${code}` },
  ]);
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: [operation.description, `Needs a key with the scope \`${operation.apiScope}\`.`]
      .filter(Boolean)
      .join("\n\n"),
    parameters: [
      ...parameters(operation.params, "path", components),
      ...parameters(operation.query, "query", components),
      ...(operation.isIdempotent ? [IDEMPOTENCY] : []),
      ...(operation.body === "file" ? [FILENAME] : []),
    ],
    ...requestBody(operation, components),
    responses: {
      ...successes(operation, components),
      ...Object.fromEntries(refusals),
      503: { $ref: "#/components/responses/unavailable" },
      ...(operation.body === "file" ? { 507: { $ref: "#/components/responses/storage_full" } } : {}),
    },
    security: [{ apiKey: [] }],
  };
}

function refusalResponses(): Json {
  const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  const retryAfter = { "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" } } };
  return Object.fromEntries(
    REFUSALS.map(({ name, sentence }) => [
      name,
      {
        description: sentence,
        ...(name === "rate_limited" || name === "unavailable" ? { headers: retryAfter } : {}),
        content,
      },
    ]),
  );
}

/** The OpenAPI 3.1 document of some operations, made from the schemas that the routes themselves check by. */
export function openApiDocument(operations: readonly Operation[], serverUrl: string): OpenApiDocument {
  const components: Components = {};
  components.ExecutionMessage = jsonSchemaOf(executionMessage, "output", components);
  jsonSchemaOf(problem, "output", components);
  const paths: OpenApiDocument["paths"] = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: operationObject(operation, components),
    };
  }
  const used = new Set(operations.map((operation) => operation.tag));
  return {
    openapi: "3.1.0",
    info: {
      title: "HireBuddha API",
      version: "1.0.0",
      description:
        "Run agents and workflows, feed them documents, and read what it cost. Keys are made in the console under API keys. Every answer has an `X-Request-Id`; every refusal is a problem (RFC 9457) with a code.",
    },
    servers: [{ url: `${serverUrl}/api/v1` }],
    tags: API_TAGS.filter((name) => used.has(name)).map((name) => ({
      name,
      description: TAG_DESCRIPTIONS[name],
    })),
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: "http", scheme: "bearer", description: "An API key, `hb_…`." } },
      schemas: components,
      responses: refusalResponses(),
    },
  };
}
