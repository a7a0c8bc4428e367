import { isHeading, sentences, terms } from "./text";

/** A piece of text an answer may be taken from. `marker` is the number to cite it by, when it has one. */
export type Passage = { text: string; title?: string; marker?: number };

export type RankedSentence = {
  text: string;
  marker: number | undefined;
  /** Position over all passages. */
  position: number;
  score: number;
  /** Share of the question's weight that this sentence and its heading hold, 0 to 1. */
  coverage: number;
};

type Candidate = { text: string; passage: Passage; position: number; own: Set<string>; around: Set<string> };

/** Bounds the work: a question has few topics, and the first sentences of a long text hold most of it. */
const MAX_TERMS = 64;
const MAX_CANDIDATES = 4_000;
const HEADING_WEIGHT = 0.6;
const NEIGHBOUR_BONUS = 0.15;

function candidatesOf(passages: readonly Passage[]): Candidate[] {
  const found: Candidate[] = [];
  for (const passage of passages) {
    let heading = passage.title ?? "";
    for (const text of sentences(passage.text)) {
      if (found.length >= MAX_CANDIDATES) return found;
      if (isHeading(text)) {
        heading = text;
        continue;
      }
      const around = new Set(terms(`${passage.title ?? ""} ${heading}`));
      found.push({ text, passage, position: found.length, own: new Set(terms(text)), around });
    }
    // A passage of headings only, such as a list of names, is still something to answer from.
    if (found.at(-1)?.passage !== passage) {
      for (const text of sentences(passage.text)) {
        if (found.length >= MAX_CANDIDATES) return found;
        found.push({ text, passage, position: found.length, own: new Set(terms(text)), around: new Set() });
      }
    }
  }
  return found;
}

function matches(term: string, set: ReadonlySet<string>): boolean {
  if (set.has(term)) return true;
  if (term.length < 5) return false;
  for (const other of set) {
    const shorter = Math.min(other.length, term.length);
    if (shorter >= 5 && other.slice(0, shorter) === term.slice(0, shorter)) return true;
  }
  return false;
}

/** What kind of fact a question wants. */
function wants(question: string, text: string): number {
  if (
    /\b(how (many|much|long|often|far|old)|when|what (time|date|year|price|cost)|price|cost|number of)\b/i.test(
      question,
    )
  ) {
    return /\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|dozen|daily|weekly|monthly)\b/i.test(text)
      ? 0.35
      : 0;
  }
  if (/^\s*(who|whose)\b/i.test(question)) return /[^.!?]\s\p{Lu}\p{Ll}+/u.test(text) ? 0.2 : 0;
  if (/^\s*why\b/i.test(question)) return /\b(because|since|so that|due to|reason)\b/i.test(text) ? 0.35 : 0;
  return 0;
}

/**
 * Sentences of the passages by how well they answer the question: shared stems weighted by how rare they are among
 * the sentences, a smaller weight for the heading above, and a bonus for the kind of fact asked for. Best first.
 */
export function rankSentences(question: string, passages: readonly Passage[]): RankedSentence[] {
  const candidates = candidatesOf(passages);
  const query = [...new Set(terms(question))].slice(-MAX_TERMS);
  const weights = new Map<string, number>();
  for (const term of query) {
    const holders = candidates.filter(
      ({ own, around }) => matches(term, own) || matches(term, around),
    ).length;
    weights.set(term, Math.log(1 + candidates.length / (1 + holders)) + 0.3);
  }
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0) || 1;
  const scored = candidates.map((candidate) => {
    let found = 0;
    for (const [term, weight] of weights) {
      if (matches(term, candidate.own)) found += weight;
      else if (matches(term, candidate.around)) found += weight * HEADING_WEIGHT;
    }
    const coverage = found / total;
    const length = Math.min(1, 24 / Math.max(1, candidate.own.size));
    const score =
      coverage * (0.8 + 0.2 * length) + (coverage > 0 ? wants(question, candidate.text) * coverage : 0);
    return { candidate, coverage, score };
  });
  return scored
    .map(({ candidate, coverage, score }, index) => ({
      text: candidate.text,
      marker: candidate.passage.marker,
      position: candidate.position,
      coverage,
      score:
        score +
        NEIGHBOUR_BONUS * Math.max(scored[index - 1]?.score ?? 0, scored[index + 1]?.score ?? 0) * coverage,
    }))
    .sort((a, b) => b.score - a.score || a.position - b.position);
}

/** The sentences that say most of what a text is about, in the order of the text. */
export function keySentences(passages: readonly Passage[], count: number): RankedSentence[] {
  const candidates = candidatesOf(passages);
  const frequency = new Map<string, number>();
  for (const { own } of candidates)
    for (const term of own) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const scored = candidates.map(({ text, passage, own, position }) => {
    const sum = [...own].reduce((total, term) => total + Math.log(1 + (frequency.get(term) ?? 0)), 0);
    const lead = position === 0 ? 1.25 : 1;
    return {
      text,
      marker: passage.marker,
      position,
      coverage: 1,
      score: (sum / Math.sqrt(own.size + 3)) * lead,
    };
  });
  const chosen: RankedSentence[] = [];
  for (const sentence of scored.sort((a, b) => b.score - a.score || a.position - b.position)) {
    if (chosen.length === count) break;
    if (!chosen.some((other) => overlap(other.text, sentence.text) > 0.6)) chosen.push(sentence);
  }
  return chosen.sort((a, b) => a.position - b.position);
}

/** Share of the smaller text's stems that the other one has too. */
export function overlap(a: string, b: string): number {
  const [left, right] = [new Set(terms(a)), new Set(terms(b))];
  const shared = [...left].filter((term) => right.has(term)).length;
  return shared / Math.max(1, Math.min(left.size, right.size));
}
