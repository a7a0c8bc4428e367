import { expect, test, vi } from "vitest";
import { hasTransactionPooler } from "./pool";
import { preparedName } from "./prepared";

test("a statement is prepared from its third time on, for each role on its own", () => {
  const often = "select a from b where c = $1";
  const [first, second, third, fourth] = [1, 2, 3, 4].map(() => preparedName("tenant", often));
  expect([first, second, third]).toEqual([undefined, undefined, expect.stringMatching(/^hb_[\w-]{24}$/)]);
  expect(fourth).toBe(third);
  expect(preparedName("worker", often)).toBeUndefined();
  const search = "select id from chunks order by embedding <=> $1 limit 5";
  expect([1, 2, 3, 4].map(() => preparedName("tenant", search)).filter(Boolean)).toEqual([]);
});

test("so many are prepared and no more, and those keep their names", () => {
  const thrice = (text: string) => [1, 2, 3].map(() => preparedName("tenant", text)).at(-1);
  const named = Array.from({ length: 400 }, (_, index) => thrice(`select ${index} where $1`));
  expect(named.filter(Boolean)).toHaveLength(249);
  expect(preparedName("tenant", "select 0 where $1")).toBe(named[0]);
});

test.each([
  ["postgres://u:p@db.example.com/app", false],
  ["postgres://u:p@ep-cool-1-pooler.eu.neon.tech/app", true],
  ["postgres://u:p@aws-0.pooler.supabase.com:5432/app", true],
  ["postgres://u:p@db.example.com:6543/app", true],
  ["postgres://u:p@db.example.com/app?pgbouncer=true", true],
])("%s: a pooler by transaction is %s", (url, isPooler) => {
  expect(hasTransactionPooler(url)).toBe(isPooler);
});

test("a statement has the same name in every copy of this module, because they share connections", async () => {
  const nameIn = async (texts: readonly string[]) => {
    vi.resetModules();
    const copy = await import("./prepared");
    return texts.map((text) => [1, 2, 3].map(() => copy.preparedName("tenant", text)).at(-1)).at(-1);
  };
  const name = await nameIn(["select one where $1"]);
  expect([name, await nameIn(["select two where $1", "select one where $1"])]).toEqual([
    expect.stringMatching(/^hb_/),
    name,
  ]);
});
