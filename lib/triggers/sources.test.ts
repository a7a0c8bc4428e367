import { expect, it } from "vitest";
import { readAnswer, readSources, withSources } from "./sources";

const source = (number: number, filename: string, page: number | null = null) => ({ number, filename, page });
const returns = {
  text: "Within 30 days [1].",
  sources: [source(1, "returns.pdf", 3), source(2, "extra.pdf")],
};
const prices = { text: "It costs $5 [1, 2].", sources: [source(1, "prices.pdf", 1), source(2, "extra.pdf")] };

it("puts under a text what its numbers stand for, by the answer that it holds", () => {
  const text = `So: ${returns.text}`;
  expect(withSources(text, [returns, prices])).toEqual({ text, sources: [source(1, "returns.pdf", 3)] });
});

it("names every place of a number that two answers in one text use", () => {
  const text = `${returns.text} ${prices.text}`;
  expect(withSources(text, [returns, prices])).toEqual({
    text,
    sources: [source(1, "returns.pdf", 3), source(1, "prices.pdf", 1), source(2, "extra.pdf")],
  });
});

it("leaves out a number of which it is not known whose it is", () => {
  expect(withSources("Thirty days [1], five dollars [1, 2].", [returns, prices])).toEqual({
    text: "Thirty days, five dollars [2].",
    sources: [source(2, "extra.pdf")],
  });
});

it("leaves a text as it is where nothing was cited", () => {
  const text = "The list is a[1], b[2].";
  expect(withSources(text, [])).toEqual({ text, sources: [] });
  expect(withSources("Thirty days [9].", [returns])).toEqual({ text: "Thirty days [9].", sources: [] });
});

it("takes citations and whole answers for what they are, without what leads to the documents", () => {
  const cited = { ...source(1, "returns.pdf", 3), documentId: "d", chunkId: "c", excerpt: "Within…" };
  expect(readSources([cited])).toEqual([source(1, "returns.pdf", 3)]);
  expect(readAnswer({ text: "Yes [1]", citations: [cited] })).toEqual({
    text: "Yes [1]",
    sources: [source(1, "returns.pdf", 3)],
  });
  expect(readAnswer({ text: "Yes", citations: [] })).toEqual({ text: "Yes", sources: [] });
  expect([readSources([]), readSources([{ number: 1 }]), readAnswer({ text: "Yes" })]).toEqual([
    null,
    null,
    null,
  ]);
});
