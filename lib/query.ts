import type { z } from "zod";
import { isUnsafeText } from "@/lib/outside-value";

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/**
 * The filters in a page's address. What does not fit the schema is left out rather than refused: an old or mistyped
 * link shows the unfiltered list.
 */
export async function readQuery<S extends z.ZodObject>(
  searchParams: SearchParams,
  schema: S,
): Promise<z.output<S>> {
  const given = await searchParams;
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(schema.shape)) {
    const value = given[key];
    const one = Array.isArray(value) ? value[0] : value;
    if (one === undefined || one === "" || isUnsafeText(one)) continue;
    const candidate = { ...kept, [key]: one };
    if (schema.safeParse(candidate).success) kept[key] = one;
  }
  return schema.parse(kept);
}
