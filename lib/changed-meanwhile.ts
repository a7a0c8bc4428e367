import { isForeignKeyViolation } from "@/db/failures";
import { AppError } from "./errors";
import { log } from "./log";

/**
 * What to tell somebody whose change met another's: what it refers to was deleted a moment before, or something was added
 * to what it deletes. Anything else stays as it is.
 */
export function describeMeeting(error: unknown): unknown {
  if (error instanceof AppError || !isForeignKeyViolation(error)) return error;
  log.warn({ err: error }, "a change met another one");
  const message =
    "Nothing was changed: somebody else deleted or added something that belongs to this at the same moment. Reload it and try again.";
  return new AppError("conflict", message, { reason: "changed_meanwhile", cause: error });
}
