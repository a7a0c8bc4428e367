import { DrizzleQueryError } from "drizzle-orm";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";

/** Every error in a chain of causes: Drizzle wraps what the driver threw. */
function* chainOf(error: unknown): Generator<Error> {
  for (let at: unknown = error; at instanceof Error; at = at.cause) yield at;
}

/**
 * Takes out of an error what a statement was given: prompts and e-mails are among it, and a page that fails is printed with
 * all there is to its error. The statement and the database's own words stay.
 */
export function withoutValues(error: unknown): unknown {
  for (const at of chainOf(error)) {
    if (at instanceof DrizzleQueryError) {
      const told = at.message;
      at.message = `Failed query: ${at.query}`;
      at.stack = at.stack?.replace(told, () => at.message);
      at.params = [];
    }
    // The row that was refused, or its key.
    if ("detail" in at && INTEGRITY.test(sqlState(at) ?? "")) at.detail = undefined;
  }
  return error;
}

const INTEGRITY = /^23/;

/** The SQLSTATE of what the database refused. */
export function sqlState(error: unknown): string | undefined {
  for (const at of chainOf(error)) {
    if ("code" in at && typeof at.code === "string" && /^[0-9A-Z]{5}$/.test(at.code)) return at.code;
  }
  return undefined;
}

/** Deadlocks and serialization failures: the transaction left nothing behind and may simply run again. */
export function isConflict(error: unknown): boolean {
  return ["40001", "40P01"].includes(sqlState(error) ?? "");
}

/** Of several errors the one that tells why: what is sent behind a statement that failed is told only that it did. */
export function whyOf(errors: readonly unknown[]): unknown {
  const told = errors.filter((error) => error !== null && error !== undefined);
  return told.find((error) => sqlState(error) !== IN_FAILED_TRANSACTION) ?? told[0];
}

const IN_FAILED_TRANSACTION = "25P02";

/** Server shutting down or starting, connection errors, too many connections, a transaction whose process stood still. */
const GONE_STATES = /^(57P0[1-3]|08\w{3}|53300|25P03)$/;
const GONE_CODES = new Set(["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"]);
/** The driver has no codes for these. */
const GONE_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|timeout expired)/;
const SILENT = "Query read timeout";

/** The server fell silent: the connection may still have an answer under way, so it is of no use any more. */
export function isSilence(error: unknown): boolean {
  return [...chainOf(error)].some((at) => at.message === SILENT);
}

/** The connection was lost, or none was to be had: not the fault of what was asked. */
export function isConnectionLoss(error: unknown): boolean {
  if (GONE_STATES.test(sqlState(error) ?? "")) return true;
  return [...chainOf(error)].some(
    (at) => ("code" in at && GONE_CODES.has(String(at.code))) || GONE_MESSAGES.test(at.message),
  );
}

/** The server takes no changes: a standby, or one that its host has shut to writing, which they do when its disk is full. */
const READ_ONLY = "25006";
/** No room on the disk, no memory, a limit of the server's, a disk that fails. */
const NO_ROOM = /^(53\w{3}|58030)$/;

/** The server took no change. The connection is of no use any more: it may stay so when the server takes changes again. */
export function isReadOnly(error: unknown): boolean {
  return sqlState(error) === READ_ONLY;
}

const RETRY_AFTER_MS = 2_000;
/** Another transaction holds what this one needs for too long, such as a migration. */
const LOCK_TIMEOUT = "55P03";
/** A statement took longer than one may. */
const STATEMENT_TIMEOUT = "57014";

/** What to tell of a transaction that failed for reasons outside of it; anything else stays as it is. */
export function describeOutage(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const options = { reason: "database_unavailable", retryAfterMs: RETRY_AFTER_MS, cause: error };
  const state = sqlState(error);
  // Where it is not the database that is slow, whoever runs the installation finds the statement there.
  if (state === STATEMENT_TIMEOUT) log.error({ err: error }, "a statement took longer than it may");
  if (state === LOCK_TIMEOUT || state === STATEMENT_TIMEOUT) {
    return new AppError(
      "upstream",
      "The database is busy with something else. Try again in a moment.",
      options,
    );
  }
  if (isConnectionLoss(error) || isSilence(error)) {
    return new AppError(
      "upstream",
      "The database cannot be reached right now. Try again in a moment.",
      options,
    );
  }
  const isShut = isReadOnly(error);
  if (!isShut && !NO_ROOM.test(sqlState(error) ?? "")) return error;
  const problem = isShut ? "takes no changes right now" : "has no room for it";
  // Only whoever runs the installation can mend it.
  log.error({ err: error }, `the database ${problem}`);
  return new AppError(
    "upstream",
    `Nothing was changed: the database ${problem}. Try again later; whoever runs this installation has to mend it.`,
    options,
  );
}

/** Whether a row was refused because what it refers to is not there. */
export function isForeignKeyViolation(error: unknown): boolean {
  return sqlState(error) === "23503";
}
