import { z } from "zod";
import { defineKind, singlePort } from "../kind";
import { requiredTemplate } from "./shared";

const retrieveConfig = z.strictObject({
  query: requiredTemplate,
  topK: z.int().min(1).max(50),
  /** Empty: every document of the workspace. */
  documentIds: z.array(z.uuid()).max(200),
});

/** Finds the passages of the tenant's documents nearest to a question. */
export const retrieveKind = defineKind({
  kind: "retrieve",
  label: "Retrieve",
  description: "Find the passages in your documents that answer a question.",
  icon: "book-open",
  group: "ai",
  config: retrieveConfig,
  defaults: { query: "", topK: 6, documentIds: [] },
  form: [
    { name: "query", label: "Question", type: "template", rows: 3, placeholder: "{{ input.text }}" },
    { name: "topK", label: "Passages to find", type: "number", min: 1, max: 50, step: 1 },
    { name: "documentIds", label: "Documents", type: "documents", help: "None chosen: all documents." },
  ],
  ports: singlePort,
  hasPolicy: true,
  acceptsEdges: true,
  outputs: () => [
    { key: "text", label: "All passages as text", type: "text" },
    { key: "passages", label: "Passages", type: "list" },
    { key: "count", label: "How many were found", type: "number" },
  ],
});
