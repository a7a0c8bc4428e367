import { createHash } from "node:crypto";

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, ordered(part)]),
  );
}

/** SHA-256, in hex, of what is asked; the order of names does not count. */
export function bodyHash(body: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(ordered(body)))
    .digest("hex");
}
