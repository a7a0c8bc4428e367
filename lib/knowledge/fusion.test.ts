import fc from "fast-check";
import { expect, test } from "vitest";
import { fuseRankings } from "./fusion";

test("the formula, on a case worked by hand", () => {
  expect(
    fuseRankings([
      ["a", "b"],
      ["c", "a"],
    ]),
  ).toEqual([
    { id: "a", score: 1 / 61 + 1 / 62 },
    { id: "c", score: 1 / 61 },
    { id: "b", score: 1 / 62 },
  ]);
});

test("every id once, sorted, at most one best rank a list; one list keeps its order", () => {
  const ranking = fc.uniqueArray(fc.constantFrom(..."abcdefgh"));
  fc.assert(
    fc.property(fc.array(ranking, { maxLength: 4 }), (rankings) => {
      const fused = fuseRankings(rankings);
      const ids = fused.map(({ id }) => id);
      expect(new Set(ids)).toEqual(new Set(rankings.flat()));
      expect(ids).toHaveLength(new Set(ids).size);
      for (const [index, { score }] of fused.entries()) {
        expect(score).toBeLessThanOrEqual(fused[index - 1]?.score ?? rankings.length / 61);
      }
      for (const one of rankings) expect(fuseRankings([one]).map(({ id }) => id)).toEqual(one);
    }),
  );
});

test("a place further up never hurts", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2 }), fc.nat(), (ids, at) => {
      const index = 1 + (at % (ids.length - 1));
      const raised = [...ids];
      [raised[index - 1], raised[index]] = [ids[index] ?? "", ids[index - 1] ?? ""];
      const scoreIn = (list: string[]) =>
        fuseRankings([list]).find(({ id }) => id === ids[index])?.score ?? 0;
      expect(scoreIn(raised)).toBeGreaterThan(scoreIn(ids));
    }),
  );
});
