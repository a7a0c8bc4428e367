import { describe, expect, it } from "vitest";
import { costWords } from "./cost-words";

const list = (isDeclared: boolean) => ({
  node: "Letters",
  items: { low: 3, likely: 10, high: 30 },
  isDeclared,
  isSeen: false,
  perItem: 21_000n,
});

const seen = (items: number) => ({ low: items, likely: items, high: items });

const words = (based: Omit<Parameters<typeof costWords>[0], "before">) =>
  costWords({ before: null, ...based });

describe("what an estimate says of itself", () => {
  it("names the runs it follows, and what is read off them", () => {
    expect(words({ runs: 50, sameRuns: 50, lists: [] }).basis).toBe(
      "As the last 50 runs of this version, at today’s prices: one in ten cost less, one in ten more.",
    );
    expect(words({ runs: 5, sameRuns: 5, lists: [] }).basis).toContain("from the cheapest to the dearest");
    expect(words({ runs: 1, sameRuns: 1, lists: [] }).basis).toContain("the one run of this version");
    expect(words({ runs: 7, sameRuns: 0, lists: [] }).basis).toContain("the last 7 runs of earlier versions");
    expect(words({ runs: 7, sameRuns: 2, lists: [] }).basis).toContain("few runs of this version");
  });

  it("names what it takes for granted, and what it costs when that is wrong", () => {
    const { basis, assumed } = words({ runs: 0, sameRuns: 0, lists: [list(false), list(true)] });
    expect(basis).toMatch(/^Guessed .* no whole run like it has completed yet/);
    expect(assumed).toEqual([
      "“Letters” is taken to have 10 items (3 to 30): each one more costs about $0.021.",
      "“Letters” usually has 10 items (3 to 30), as it says: each one more costs about $0.021.",
    ]);
  });

  it("names what a run cost that is to be run again, and the lists it had", () => {
    const again = { runs: 0, sameRuns: 0, lists: [{ ...list(true), items: seen(1), isSeen: true }] };
    const { basis, assumed } = costWords({ ...again, before: { cost: 30_000n, isWhole: false } });
    expect(basis).toMatch(
      /^It cost \$0.03 then, as far as it came, at today’s prices. Guessed from its steps/,
    );
    expect(assumed).toEqual(["“Letters” had 1 item then: each one more costs about $0.021."]);
    expect(costWords({ ...again, before: { cost: 30_000n, isWhole: true } }).basis).toMatch(
      /^It cost \$0.03 then, at today’s prices. /,
    );
  });
});
