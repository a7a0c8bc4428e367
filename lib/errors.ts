/** The ten ways anything can go wrong. Domain detail goes in `reason`, never in a new code. */
export const ERROR_CODES = [
  "unauthenticated",
  "forbidden",
  "not_found",
  "invalid",
  "conflict",
  "precondition",
  "limit_exceeded",
  "rate_limited",
  "upstream",
  "internal",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

type ErrorKind = { status: number; retryable: boolean; expected: boolean; sentence: string };

/** One table: what each code means to HTTP, to a retry, to the log and to a person. */
export const ERROR_KINDS: Readonly<Record<ErrorCode, ErrorKind>> = {
  unauthenticated: { status: 401, retryable: false, expected: true, sentence: "Sign in to continue." },
  forbidden: { status: 403, retryable: false, expected: true, sentence: "You are not allowed to do this." },
  not_found: { status: 404, retryable: false, expected: true, sentence: "This does not exist." },
  invalid: {
    status: 422,
    retryable: false,
    expected: true,
    sentence: "Something in the input is not valid.",
  },
  conflict: {
    status: 409,
    retryable: false,
    expected: true,
    sentence: "This conflicts with a newer change.",
  },
  precondition: { status: 412, retryable: false, expected: true, sentence: "This cannot be done right now." },
  limit_exceeded: { status: 413, retryable: false, expected: true, sentence: "This is over a limit." },
  rate_limited: {
    status: 429,
    retryable: true,
    expected: true,
    sentence: "Too many attempts. Try again later.",
  },
  upstream: {
    status: 502,
    retryable: true,
    expected: true,
    sentence: "A service we depend on did not answer.",
  },
  internal: { status: 500, retryable: true, expected: false, sentence: "Something went wrong on our side." },
};

/** Problems by form field (dot path), each with one or more sentences. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

export type AppErrorOptions = {
  /** Machine-readable detail, e.g. `credit_exhausted`. */
  reason?: string;
  fields?: FieldErrors;
  cause?: unknown;
  /** Overrides the retryability of the code. */
  retryable?: boolean;
  retryAfterMs?: number;
};

/** The only error thrown on purpose. `message` is shown to people: no internals in it; `cause` is for the log. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly reason: string | undefined;
  readonly fields: FieldErrors | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message?: string, options: AppErrorOptions = {}) {
    super(message ?? ERROR_KINDS[code].sentence, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.reason = options.reason;
    this.fields = options.fields;
    this.retryable = options.retryable ?? ERROR_KINDS[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** An `invalid` error about one field. */
export function fieldError(field: string, message: string): AppError {
  return new AppError("invalid", message, { fields: { [field]: [message] } });
}

/** What may leave the server about an error. */
export type PublicError = {
  code: ErrorCode;
  message: string;
  reason?: string;
  fields?: FieldErrors;
  /** Present when the error was unexpected: the id under which the log has it. */
  ref?: string;
  retryAfterMs?: number;
};

/** Turns anything thrown into what may be shown. Unknown errors become `internal` and carry only `ref`. */
export function toPublicError(error: unknown, ref: string): PublicError {
  if (error instanceof AppError && error.code !== "internal") {
    return {
      code: error.code,
      message: error.message,
      ...(error.reason ? { reason: error.reason } : {}),
      ...(error.fields ? { fields: error.fields } : {}),
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    };
  }
  return { code: "internal", message: ERROR_KINDS.internal.sentence, ref };
}
