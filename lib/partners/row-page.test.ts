import fc from "fast-check";
import { expect, it } from "vitest";
import { pageOfRows } from "./row-page";

const keyOf = (row: number) => `row ${row}`;

it("shows every row once, in their order, page after page", () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 12 }), (count, limit) => {
      const all = Array.from({ length: count }, (_, n) => n);
      const seen: number[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = pageOfRows(all, keyOf, cursor, limit);
        expect(page.rows.length).toBeLessThanOrEqual(limit);
        seen.push(...page.rows);
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(all);
    }),
  );
});

it("says which rows are shown, and begins again where the cursor is no row", () => {
  const all = Array.from({ length: 5 }, (_, n) => n);
  expect(pageOfRows(all, keyOf, undefined, 5).range).toBeNull();
  expect(pageOfRows(all, keyOf, "row 1", 2)).toEqual({
    rows: [2, 3],
    nextCursor: "row 3",
    range: "3 to 4 of 5",
  });
  expect(pageOfRows(all, keyOf, "row 3", 2)).toMatchObject({ nextCursor: null, range: "5 to 5 of 5" });
  expect(pageOfRows(all, keyOf, "of another month", 2).rows).toEqual([0, 1]);
});
