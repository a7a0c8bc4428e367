import type { z } from "zod";
import type { ApiScope } from "@/lib/auth/permissions";
import type { ErrorCode } from "@/lib/errors";

export const API_TAGS = [
  "Documents",
  "Agents",
  "Workflows",
  "Executions",
  "Approvals",
  "Usage",
  "Invoices",
  "Plan",
  "Credit",
  "Caps",
] as const;
export type ApiTag = (typeof API_TAGS)[number];

/** What a route of the API takes and gives: the handler checks by it, and the reference is made from it. */
export type Operation = {
  id: string;
  method: "get" | "post" | "delete";
  /** Under `/api/v1`, with `{name}` for parameters. */
  path: string;
  tag: ApiTag;
  summary: string;
  description?: string;
  apiScope: ApiScope;
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** A JSON body; `file` for the bytes of a file, alone or as a form. */
  body?: z.ZodType | "file";
  /** Takes an `Idempotency-Key` header. */
  isIdempotent?: boolean;
  /** What comes back: JSON by a schema, a stream or file of a media type, or nothing. */
  response: z.ZodType | { mediaType: string; description: string } | "none";
  status?: 200 | 201 | 202;
  /** What its status says, where the usual word is too little. */
  when?: string;
  /** Answers with server-sent events instead when it is asked to. */
  mayStream?: boolean;
  /** The other status with which it succeeds, and when. */
  orStatus?: { status: 200; when: string };
  /** What it may refuse besides what every operation of its kind does. */
  refuses?: readonly ErrorCode[];
  /** A call as somebody would make it, for the reference. */
  example?: { query?: Readonly<Record<string, string>>; body?: unknown };
};

/** Keeps the exact types of an operation for its handler. */
export function defineOperation<const O extends Operation>(operation: O): O {
  return operation;
}

/** The status of a success without anything special. */
export function successStatus(operation: Operation): number {
  return operation.response === "none" ? 204 : (operation.status ?? 200);
}
