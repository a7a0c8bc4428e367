import { ERROR_CODES, ERROR_KINDS, type ErrorCode } from "@/lib/errors";

/** One way in which the API refuses, as the reference and the OpenAPI document tell of it. */
export type Refusal = {
  /** Its name among the document's responses: the code, or where one code has several statuses, its own. */
  readonly name: string;
  readonly status: number;
  readonly code: ErrorCode;
  /** For a program, which holds a key and does not sign in. */
  readonly sentence: string;
  readonly isRetryable: boolean;
};

const BY_CODE: readonly Refusal[] = ERROR_CODES.map((code) => ({
  name: code,
  code,
  status: ERROR_KINDS[code].status,
  sentence: code === "unauthenticated" ? "The API key is missing or not valid." : ERROR_KINDS[code].sentence,
  isRetryable: ERROR_KINDS[code].retryable,
}));

/** Every refusal there is, by status. */
export const REFUSALS: readonly Refusal[] = [
  ...BY_CODE,
  {
    name: "unavailable",
    status: 503,
    code: "upstream",
    sentence: "We are not available for a moment.",
    isRetryable: true,
  } as const,
  {
    name: "storage_full",
    status: 507,
    code: "upstream",
    sentence: "There is no room for the file; nothing of it was kept.",
    isRetryable: true,
  } as const,
].toSorted((a, b) => a.status - b.status);
