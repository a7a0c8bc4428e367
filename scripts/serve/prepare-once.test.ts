import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";
import { readDemo } from "@/db/seed/demo-file";
import { ROOT } from "../child";
import { folderProblem, SCHEMA_SOURCES, shutFolder } from "./prepare-once";

/** Files of the database and the engine that a file imports, directly or by others. */
function importsOf(path: string, found = new Set<string>()): Set<string> {
  const text = readFileSync(join(ROOT, path), "utf8");
  for (const [, from = ""] of text.matchAll(/ from "([^"]+)"/g)) {
    const target = from.startsWith("@/")
      ? from.slice(2)
      : from.startsWith(".")
        ? relative(ROOT, resolve(ROOT, dirname(path), from))
        : "";
    const file = target.endsWith(".json") ? target : `${target}.ts`;
    if (!/^(db|inngest)\//.test(target) || found.has(file)) continue;
    found.add(file);
    importsOf(file, found);
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

it("a data folder that was in use and is not whole is not begun anew, and the start says what is missing", () => {
  const folder = mkdtempSync(join(tmpdir(), "hirebuddha-folder-"));
  const put = (name: string, text = "{}") => writeFileSync(join(folder, name), text);
  expect(folderProblem(folder, {})).toBeNull();
  put("demo.json");
  expect(folderProblem(folder, {})).toMatch(/its database is not in it .*Copy the whole folder again/);
  mkdirSync(join(folder, "db"));
  put("db/PG_VERSION", "17");
  expect(folderProblem(folder, {})).toMatch(/keys\.json is not in it/);
  expect(folderProblem(folder, { HB_KEYS: "main:of-the-environment" })).toBeNull();
  put("keys.json");
  expect(folderProblem(folder, {})).toBeNull();
  put("demo.json", "");
  expect(readDemo(join(folder, "demo.json")), "left empty by a full disk").toBeNull();
  rmSync(folder, { recursive: true });
});

it("a data folder that cannot be used is told of in a sentence", () => {
  const folder = mkdtempSync(join(tmpdir(), "hirebuddha-folder-"));
  expect(shutFolder(join(folder, "made"))).toBeNull();
  writeFileSync(join(folder, "file"), "");
  // Rights cannot be tried as root; a file in the way is refused the same.
  expect(shutFolder(join(folder, "file", "below"))).toMatch(/cannot read and write .*\(ENOTDIR\).*DATA_DIR/);
  rmSync(folder, { recursive: true });
});
