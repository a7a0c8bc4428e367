import { v7, validate } from "uuid";

/** A new UUIDv7: sorts by the time it was made. */
export function newId(): string {
  return v7();
}

/** Whether a string from outside is a UUID at all; anything else must never reach a query. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && validate(value);
}

/** An id below that of every row that was written at a time or later; a day's difference between clocks included. */
export function firstIdAt(time: Date): string {
  const hex = Math.max(0, time.getTime() - 86_400_000)
    .toString(16)
    .padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
