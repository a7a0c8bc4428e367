import type { PricedThing } from "@/lib/metering/pricing";

const encode = (part: string) => encodeURIComponent(part).replaceAll(".", "%2E");

/** What is priced as one word without dots: the name of its field in forms. */
export function thingKey({ resourceType, unit, modelKey }: PricedThing): string {
  return [resourceType, unit, modelKey ?? ""].map(encode).join(":");
}

/** Reads `thingKey`. Null when it is none. */
export function parseThingKey(key: string): PricedThing | null {
  const parts = key.split(":");
  if (parts.length !== 3) return null;
  try {
    const [resourceType = "", unit = "", modelKey = ""] = parts.map(decodeURIComponent);
    return resourceType && unit ? { resourceType, unit, modelKey: modelKey || null } : null;
  } catch {
    return null;
  }
}
