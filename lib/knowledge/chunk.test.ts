import fc from "fast-check";
import { expect, test } from "vitest";
import { countTokens } from "@/lib/ai/tokens";
import { CHUNKING, chunkSections } from "./chunk";
import type { Section } from "./parse/document";

const chunksOf = (sections: Section[], options = CHUNKING) => [...chunkSections(sections, options)];
const SMALL = { targetTokens: 24, maxTokens: 32, overlapTokens: 6 };

const word = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      "fish",
      "swim",
      "Ünïcödé",
      "42",
      "water.",
      "Is",
      "it?",
      "日本語。",
      "👩‍👩‍👧",
      "<|endoftext|>",
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }) },
);
const gap = fc.constantFrom(" ", " ", " ", "\n", "\n\n", "  ");
const prose = fc.array(fc.tuple(word, gap), { maxLength: 120 }).map((pairs) => pairs.flat().join(""));

/** What has to survive: every character that is neither space nor removed on purpose. */
const essence = (text: string) => text.replace(/[\s\p{Cc}\p{Cf}]/gu, "");

test("every chunk is within the limit, in order, and together they cover the text", () => {
  fc.assert(
    fc.property(fc.array(prose, { maxLength: 3 }), (texts) => {
      const sections = texts.map((text, index) => ({ text, page: index + 1, heading: `h${index}` }));
      const chunks = chunksOf(sections, SMALL);
      expect(chunks.map((chunk) => chunk.position)).toEqual(chunks.map((_, index) => index));
      for (const chunk of chunks) {
        expect(chunk.tokenCount).toBe(countTokens(chunk.text));
        expect(chunk.tokenCount).toBeLessThanOrEqual(SMALL.maxTokens);
      }
      for (const [index, text] of texts.entries())
        expectCovered(
          text,
          chunks.filter(({ page }) => page === index + 1).map((chunk) => chunk.text),
        );
    }),
    { numRuns: 200 },
  );
});

/** Walks through the text: each chunk continues where the one before ended, or a little before. */
function expectCovered(text: string, pieces: string[]) {
  const whole = essence(text);
  let covered = 0;
  let from = 0;
  for (const piece of pieces.map(essence)) {
    const at = whole.lastIndexOf(piece, covered);
    expect(at).toBeGreaterThanOrEqual(from);
    from = at;
    covered = Math.max(covered, at + piece.length);
  }
  expect(covered).toBe(whole.length);
}

test("long prose makes chunks near the target that overlap; short sections stay whole with their place", () => {
  const sentence = (index: number) => `Sentence number ${index} says something about topic ${index % 7}. `;
  const text = Array.from({ length: 300 }, (_, index) => sentence(index)).join("");
  const chunks = chunksOf([
    { text, page: 3 },
    { text: "Short.", page: 4, heading: "A › B" },
  ]);
  for (const { tokenCount } of chunks.slice(0, -2)) expect(tokenCount).toBeGreaterThan(330);
  for (const [index, chunk] of chunks.slice(1, -1).entries()) {
    expect(chunks[index]?.text).toContain(chunk.text.slice(0, 40));
  }
  expect(chunks.at(-1)).toMatchObject({ page: 4, heading: "A › B", text: "Short.", tokenCount: 2 });
});

test("a chunk ends at a paragraph when there is one past half of the target", () => {
  const paragraph = (name: string, words: number) => `${name} ${"word ".repeat(words)}end.`;
  const chunks = chunksOf([{ text: [paragraph("First", 280), paragraph("Second", 280)].join("\n\n") }]);
  expect(chunks[0]?.text).toMatch(/^First.*end\.$/);
  expect(chunks[1]?.text).toMatch(/Second/);
});

test("table rows are not cut", () => {
  const rows = Array.from({ length: 200 }, (_, index) => `Name: person ${index}; City: town ${index * 3}`);
  const known = new Set(rows);
  for (const { text } of chunksOf([{ text: rows.join("\n") }])) {
    for (const line of text.split("\n")) expect(known.has(line)).toBe(true);
  }
});

test("nothing hidden and nothing that a database refuses gets through", () => {
  const [chunk] = chunksOf([{ text: "a\0b\u200bc\u202ed\u{e0041}e\ud800f", heading: "x\0y" }]);
  expect(chunk).toMatchObject({ text: "abcde\ufffdf", heading: "xy" });
});

test("a megabyte without a space is cut into chunks that fit", () => {
  const chunks = chunksOf([{ text: "a".repeat(1_000_000) }]);
  expect(chunks.every(({ tokenCount }) => tokenCount <= CHUNKING.maxTokens)).toBe(true);
});
