import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT } from "./child";

/**
 * One hash over the names and contents of files and folders of the project. Contents rather than times: a checkout
 * touches files without changing them, and a clock can be wrong.
 */
export function fingerprint(
  paths: readonly string[],
  isLeftOut: (path: string) => boolean = () => false,
): string {
  const hash = createHash("sha256");
  for (const file of paths.flatMap((path) => filesUnder(join(ROOT, path)))) {
    const name = relative(ROOT, file);
    if (isLeftOut(name)) continue;
    const content = readFileSync(file);
    hash.update(`${name}\0${content.byteLength}\0`).update(content);
  }
  return hash.digest("hex");
}

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}
