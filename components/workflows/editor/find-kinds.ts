import type { NodeKind } from "@/lib/workflows/kind";

/** How well a kind answers to a word: 0 its name begins with it, 1 its name has it, 2 what it is about; null not at all. */
function rankOf({ label, kind, description }: NodeKind, word: string): number | null {
  const name = `${label} ${kind}`.toLowerCase();
  if (name.split(/[\s_]+/).some((part) => part.startsWith(word))) return 0;
  if (name.includes(word)) return 1;
  return description.toLowerCase().includes(word) ? 2 : null;
}

/** The kinds that have every word of a search, those that are called so before those that are described so. */
export function findKinds(kinds: readonly NodeKind[], query: string): readonly NodeKind[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return kinds
    .flatMap((kind) => {
      const ranks = words.map((word) => rankOf(kind, word));
      return ranks.includes(null)
        ? []
        : [{ kind, rank: ranks.reduce<number>((sum, rank) => sum + (rank ?? 0), 0) }];
    })
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ kind }) => kind);
}
