import { defaultFilter } from "cmdk";

/** The entries that fit a search, best first; of those that fit alike, as they come. */
export function fitting<T extends { readonly label: string; readonly keywords?: readonly string[] }>(
  entries: readonly T[],
  search: string,
): T[] {
  return entries
    .map((entry) => ({ entry, score: defaultFilter(entry.label, search, [...(entry.keywords ?? [])]) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ entry }) => entry);
}
