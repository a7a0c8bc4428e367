import { terms, words } from "./text";

const DIMENSIONS = 768;
const WORD_WEIGHT = 1;
const PAIR_WEIGHT = 0.5;
const GRAM_WEIGHT = 0.28;

/** FNV-1a, 32 bits, with a final mix so that near strings do not land near. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

function add(features: Map<string, number>, name: string, weight: number): void {
  features.set(name, (features.get(name) ?? 0) + weight);
}

function featuresOf(text: string): Map<string, number> {
  const features = new Map<string, number>();
  const topical = terms(text);
  // A text of function words only still has to be told from another.
  const stems = topical.length > 0 ? topical : words(text);
  stems.forEach((stem, index) => {
    add(features, `w:${stem}`, WORD_WEIGHT);
    const next = stems[index + 1];
    if (next) add(features, `p:${stem} ${next}`, PAIR_WEIGHT);
    const padded = `^${stem}$`;
    for (let start = 0; start + 3 <= padded.length; start += 1) {
      add(features, `g:${padded.slice(start, start + 3)}`, GRAM_WEIGHT);
      if (start + 4 <= padded.length) add(features, `g:${padded.slice(start, start + 4)}`, GRAM_WEIGHT);
    }
  });
  return features;
}

/**
 * A lexical embedding: word stems, pairs of neighbours and letter groups, each hashed with a sign into two of 768
 * dimensions, damped by the square root of how often it occurs, and scaled to length 1. Texts that share words and
 * word parts are near; it knows no synonyms. The same text always gives the same vector, and none is all zeros.
 */
export function lexicalEmbedding(text: string): number[] {
  const vector = new Array<number>(DIMENSIONS).fill(0);
  for (const [name, weight] of featuresOf(text)) {
    const value = Math.sqrt(weight) * (name.startsWith("g:") ? 0.5 : 1);
    for (const salt of ["a", "b"]) {
      const code = hash(salt + name);
      const index = code % DIMENSIONS;
      vector[index] = (vector[index] ?? 0) + ((code >>> 16) & 1 ? value : -value);
    }
  }
  const length = Math.hypot(...vector);
  if (length === 0) {
    vector[0] = 1;
    return vector;
  }
  return vector.map((value) => value / length);
}
