import { describe, expect, it } from "vitest";
import { costWords } from "./cost-words";

const list = (isDeclared: boolean) => ({
  node: "Letters",
  items: { low: 3, likely: 10, high: 30 },
  isDeclared,
  perItem: 21_000n,
});

describe("what an estimate says of itself", () => {
  it("names the runs it follows, and what is read off them", () => {
    expect(costWords({ runs: 50, sameRuns: 50, lists: [] }).basis).toBe(
      "As the last 50 runs of this version, at today’s prices: one in ten cost less, one in ten more.",
    );
    expect(costWords({ runs: 5, sameRuns: 5, lists: [] }).basis).toContain(
      "from the cheapest to the dearest",
    );
    expect(costWords({ runs: 1, sameRuns: 1, lists: [] }).basis).toContain("the one run of this version");
    expect(costWords({ runs: 7, sameRuns: 0, lists: [] }).basis).toContain(
      "the last 7 runs of earlier versions",
    );
    expect(costWords({ runs: 7, sameRuns: 2, lists: [] }).basis).toContain("few runs of this version");
  });

  it("names what it takes for granted, and what it costs when that is wrong", () => {
    const { basis, assumed } = costWords({ runs: 0, sameRuns: 0, lists: [list(false), list(true)] });
    expect(basis).toContain("nothing like it has run yet");
    expect(assumed).toEqual([
      "“Letters” is taken to have 10 items (3 to 30): each one more costs about $0.02.",
      "“Letters” usually has 10 items (3 to 30), as it says: each one more costs about $0.02.",
    ]);
  });
});
