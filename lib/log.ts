import { AsyncLocalStorage } from "node:async_hooks";
import { DrizzleQueryError } from "drizzle-orm";
import pino from "pino";
import { env } from "@/lib/env";

type LogContext = { requestId?: string; executionId?: string; tenantId?: string };

const context = new AsyncLocalStorage<LogContext>();

/**
 * An error for the log. A failed query names its parameters in its message, prompts and e-mails among them: of those only
 * the statement and the database's own words are kept.
 */
export function loggedError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (!(error instanceof DrizzleQueryError)) return pino.stdSerializers.err(error);
  const { cause } = error;
  const state = cause && "code" in cause ? cause.code : undefined;
  return {
    type: error.name,
    message: cause?.message ?? "a query failed",
    sqlState: state,
    query: error.query,
    stack: cause?.stack,
  };
}

/** Structured log: one JSON line an event, with the request and the run it belongs to. Secrets are redacted by name. */
export const log = pino({
  level: env().LOG_LEVEL,
  base: undefined,
  redact: {
    paths: [
      "password",
      "token",
      "apiKey",
      "secret",
      "authorization",
      "cookie",
      "*.password",
      "*.token",
      "*.apiKey",
      "*.secret",
      "*.authorization",
      "*.cookie",
    ],
    censor: "[redacted]",
  },
  serializers: { err: loggedError },
  formatters: { level: (label) => ({ level: label }) },
  timestamp: pino.stdTimeFunctions.isoTime,
  mixin: () => context.getStore() ?? {},
});

/** Adds ids to every line logged inside `work`. */
export function withLogContext<T>(ids: LogContext, work: () => T): T {
  return context.run({ ...context.getStore(), ...ids }, work);
}
