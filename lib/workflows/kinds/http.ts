import { z } from "zod";
import { headerName } from "@/lib/http/header";
import { defineKind, singlePort } from "../kind";
import { requiredTemplate, templateText } from "./shared";

const HTTP_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

const httpConfig = z.strictObject({
  method: z.enum(HTTP_METHODS),
  url: requiredTemplate,
  /** What it signs in with; empty for nothing. */
  credentialId: z.union([z.literal(""), z.uuid("Choose a credential.")]).optional(),
  headers: z.array(z.strictObject({ name: headerName, value: templateText })).max(50),
  body: templateText,
  /** Statuses that are not a failure; empty: any 2xx. */
  allowedStatus: z.array(z.int().min(100).max(599)).max(50),
  timeoutMs: z.int().min(100, "At least 0.1.").max(120_000, "At most 120."),
});

/** Calls another service. Addresses inside the platform's network are refused when it runs. */
export const httpKind = defineKind({
  kind: "http",
  label: "HTTP request",
  description: "Call another service and use its answer.",
  icon: "globe",
  group: "data",
  config: httpConfig,
  defaults: { method: "GET", url: "", headers: [], body: "", allowedStatus: [], timeoutMs: 15_000 },
  form: [
    {
      name: "method",
      label: "Method",
      type: "choice",
      options: HTTP_METHODS.map((method) => ({ value: method, label: method })),
    },
    { name: "url", label: "URL", type: "template", rows: 2, placeholder: "https://api.example.com/items" },
    {
      name: "credentialId",
      label: "Credential",
      type: "credential",
      optional: true,
      help: "A header with a key or password, which nobody reads here or in a run.",
    },
    {
      name: "headers",
      label: "Headers",
      type: "rows",
      help: "Everybody of the workspace can read these: a key belongs in a credential.",
      addLabel: "Add header",
      item: { name: "", value: "" },
      row: [
        { name: "name", label: "Name", type: "text" },
        { name: "value", label: "Value", type: "template", rows: 1 },
      ],
    },
    { name: "body", label: "Body", type: "template", rows: 5, help: "Not sent with GET." },
    {
      name: "allowedStatus",
      label: "Accepted statuses",
      type: "list",
      items: "number",
      help: "One a line. Empty accepts 200 to 299; any other status fails the node.",
    },
    {
      name: "timeoutMs",
      label: "Timeout, in seconds",
      type: "seconds",
      min: 0.1,
      max: 120,
    },
  ],
  ports: singlePort,
  hasPolicy: true,
  acceptsEdges: true,
  outputs: () => [
    { key: "status", label: "Status", type: "number" },
    { key: "body", label: "Body (parsed when it is JSON)", type: "any" },
    { key: "headers", label: "Headers", type: "object" },
  ],
});
