import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../child";
import { SCHEMA_SOURCES } from "./prepare-once";

/** Files of the database and the engine that a file imports, directly or by others. */
function importsOf(path: string, found = new Set<string>()): Set<string> {
  const text = readFileSync(join(ROOT, path), "utf8");
  for (const [, from = ""] of text.matchAll(/ from "([^"]+)"/g)) {
    const target = from.startsWith("@/")
      ? from.slice(2)
      : from.startsWith(".")
        ? relative(ROOT, resolve(ROOT, dirname(path), from))
        : "";
    if (!/^(db|inngest)\//.test(target) || found.has(`${target}.ts`)) continue;
    found.add(`${target}.ts`);
    importsOf(`${target}.ts`, found);
  }
  return found;
}

it("an installation is migrated when anything that migrating is made of has changed", () => {
  const made = [...importsOf("db/migrate.ts")];
  expect(made).toEqual(expect.arrayContaining(["db/wallet/spend.ts", "db/registry-money.ts"]));
  const isSeen = (path: string) =>
    SCHEMA_SOURCES.some((source) => path === source || path.startsWith(`${source}/`));
  expect(made.filter((path) => !isSeen(path))).toEqual([]);
});
