import { expect, test } from "vitest";
import { z } from "zod";
import { readQuery } from "./query";

const filters = z.strictObject({
  q: z.string().trim().max(10).optional(),
  page: z.coerce.number().optional(),
});
const read = (given: Record<string, string | string[]>) => readQuery(Promise.resolve(given), filters);

test("the filters of an address are read, and what does not fit is left out", async () => {
  expect(await read({ q: ["last", "first"], page: "3", other: "x" })).toEqual({ q: "last", page: 3 });
  expect(await read({ q: "much too long for it", page: "three" })).toEqual({});
});

test("what the database cannot store is no filter: U+0000, and half of a surrogate pair", async () => {
  for (const q of ["a\u0000b", "\u0000", "\ud83d"]) expect(await read({ q, page: "2" })).toEqual({ page: 2 });
  expect(await read({ q: "\ud83d\ude00" })).toEqual({ q: "\u{1f600}" });
});
