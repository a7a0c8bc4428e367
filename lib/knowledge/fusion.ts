/** The constant of the original paper; larger values flatten the advantage of the first ranks. */
const FUSION_K = 60;

export type Fused = { id: string; score: number };

/**
 * Reciprocal rank fusion of several rankings of ids, best first: `score(d) = Σ 1 / (k + rank(d))`, ranks from 1, a
 * list without `d` adds nothing. Ties keep the order of first appearance. Scores compare within one call only.
 * Source: Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
 * Methods", SIGIR 2009.
 */
export function fuseRankings(rankings: readonly (readonly string[])[], k: number = FUSION_K): Fused[] {
  const scores = new Map<string, number>();
  for (const ranking of rankings) {
    for (const [index, id] of [...new Set(ranking)].entries()) {
      scores.set(id, (scores.get(id) ?? 0) + 1 / (k + index + 1));
    }
  }
  return [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score);
}
