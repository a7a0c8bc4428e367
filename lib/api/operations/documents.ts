import { z } from "zod";
import { count, fromMicros, id, instant, pageOf, pagingQuery, waitQuery } from "@/lib/api/schemas";
import { DOCUMENT_STATUSES, listDocumentsInput, retrieveInput } from "@/lib/knowledge/input";
import { DOCUMENT_FORMATS } from "@/lib/knowledge/parse/document";
import { STAGES } from "@/lib/knowledge/stages";
import { defineOperation } from "../operation";

const params = z.object({ documentId: z.uuid() });

export const document = z
  .object({
    id,
    filename: z.string().meta({ examples: ["handbook.pdf"] }),
    format: z.enum(DOCUMENT_FORMATS).meta({ examples: ["pdf"] }),
    sizeBytes: count.nullable().meta({ examples: [482133] }),
    status: z.enum(DOCUMENT_STATUSES).meta({
      description: "`processing` until it can be searched or has failed.",
      examples: ["completed"],
    }),
    stage: z.enum(STAGES).meta({ examples: ["completed"] }),
    progressPercent: z
      .int()
      .min(0)
      .max(100)
      .meta({ examples: [100] }),
    pageCount: count.nullable().meta({ examples: [12] }),
    tokenCount: count.nullable().meta({ examples: [5210] }),
    passageCount: count.meta({ description: "Passages it was cut into.", examples: [14] }),
    waitsFor: z
      .object({
        kind: z.enum(["credit", "cap", "suspended"]),
        needed: fromMicros,
        message: z.string(),
      })
      .nullable()
      .meta({
        description:
          "What its next passages wait for: money, or a suspended workspace, which needs none. It goes on by itself when it is there.",
        examples: [null],
      }),
    error: z
      .object({ message: z.string().meta({ examples: ["The file is encrypted."] }) })
      .nullable()
      .meta({ description: "Why it failed.", examples: [null] }),
    agentId: id
      .nullable()
      .meta({ description: "The one agent that sees it; null for all.", examples: [null] }),
    createdAt: instant,
    completedAt: instant.nullable(),
  })
  .meta({ id: "Document" });

export const uploadOperation = defineOperation({
  id: "uploadDocument",
  method: "post",
  path: "/documents",
  tag: "Documents",
  summary: "Upload a document",
  description:
    "Takes a file of at most 50 MB (pdf, docx, pptx, xlsx, csv, md, html or txt) and starts reading it. Send it as a form with the part `file`, or its bytes as the body with the name in the header `X-Filename` or the query. A file whose exact content is there already is not stored again.",
  apiScope: "documents:write",
  query: z.strictObject({
    filename: z
      .string()
      .optional()
      .describe("The name with its extension, when it is not in `X-Filename` or the form."),
    agentId: z.uuid().optional().describe("Only this agent sees the document. Default: all agents."),
  }),
  body: "file",
  response: z.object({
    document,
    duplicate: z
      .boolean()
      .meta({ description: "The content was there already; this is that document.", examples: [false] }),
  }),
  status: 201,
  orStatus: { status: 200, when: "The same content was uploaded before." },
  refuses: ["not_found", "conflict", "upstream"],
});

export const listDocumentsOperation = defineOperation({
  id: "listDocuments",
  method: "get",
  path: "/documents",
  tag: "Documents",
  summary: "List documents",
  description: "Newest first.",
  apiScope: "documents:read",
  query: z.strictObject({
    q: listDocumentsInput.shape.q.describe("Part of the filename."),
    status: listDocumentsInput.shape.status.describe("Only documents in this state."),
    format: listDocumentsInput.shape.format.describe("Only files of this kind."),
    agentId: listDocumentsInput.shape.agentId.describe("Only documents kept for this agent."),
    ...pagingQuery,
  }),
  response: pageOf(document),
});

export const getDocumentOperation = defineOperation({
  id: "getDocument",
  method: "get",
  path: "/documents/{documentId}",
  tag: "Documents",
  summary: "Get a document",
  description:
    "Its state and how far the reading is. With `wait` the answer comes when it is ready or has failed.",
  apiScope: "documents:read",
  params,
  query: z.strictObject({ wait: waitQuery }),
  response: document,
  example: { query: { wait: "30" } },
});

export const deleteDocumentOperation = defineOperation({
  id: "deleteDocument",
  method: "delete",
  path: "/documents/{documentId}",
  tag: "Documents",
  summary: "Delete a document",
  description: "Removes the file and its passages. Runs keep what they quoted.",
  apiScope: "documents:write",
  params,
  response: "none",
});

export const retryDocumentOperation = defineOperation({
  id: "retryDocument",
  method: "post",
  path: "/documents/{documentId}/retry",
  tag: "Documents",
  summary: "Try a failed document again",
  description: "Goes on from where it failed: what was embedded already is not billed again.",
  apiScope: "documents:write",
  params,
  response: document,
  status: 202,
  refuses: ["precondition"],
});

export const searchOperation = defineOperation({
  id: "searchDocuments",
  method: "post",
  path: "/documents/search",
  tag: "Documents",
  summary: "Search the documents",
  description:
    "The passages that answer a question best, by meaning and by words, best first. Only documents that are ready are searched. The question's tokens are billed.",
  apiScope: "documents:read",
  body: z.strictObject({
    query: retrieveInput.shape.query.describe("A question or some words; at most 4,000 characters."),
    topK: z.int().min(1).max(50).default(6).describe("How many passages at most."),
    documentIds: retrieveInput.shape.documentIds.describe("Search only these documents."),
    agentId: retrieveInput.shape.agentId.describe("See what this agent may see."),
  }),
  response: z.object({
    data: z.array(
      z
        .object({
          chunkId: id,
          documentId: id,
          filename: z.string().meta({ examples: ["handbook.pdf"] }),
          page: count
            .nullable()
            .meta({ description: "Page or slide; null where the format has none.", examples: [3] }),
          heading: z
            .string()
            .nullable()
            .meta({ examples: ["Late deliveries"] }),
          text: z.string().meta({ examples: ["A delivery is late when it has not arrived by …"] }),
          score: z.number().meta({
            description: "Higher is better; comparable within one answer only.",
            examples: [0.0325],
          }),
          similarity: z
            .number()
            .nullable()
            .meta({
              description: "Cosine similarity to the question; null when found by its words only.",
              examples: [0.61],
            }),
        })
        .meta({ id: "Passage" }),
    ),
  }),
  refuses: ["not_found", "precondition", "upstream"],
  example: { body: { query: "When is a delivery late?", topK: 3 } },
});
