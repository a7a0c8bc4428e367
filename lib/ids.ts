import { v7, validate } from "uuid";

/** A new UUIDv7: sorts by the time it was made. */
export function newId(): string {
  return v7();
}

/** Whether a string from outside is a UUID at all; anything else must never reach a query. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && validate(value);
}
