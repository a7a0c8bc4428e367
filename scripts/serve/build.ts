import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, runNode } from "../child";
import { fingerprint } from "../fingerprint";

const FOLDERS = ["app", "components", "db", "inngest", "lib", "public"];
/** Files beside those folders that no build reads. */
const NOT_BUILT = /^(playwright|vitest|drizzle)\.config\.|^next-env\.d\.ts$|^biome\.json$|\.tsbuildinfo$/;
const NEXT = "node_modules/next/dist/bin/next";
const stampFile = join(ROOT, ".next", "source-hash");

/**
 * Builds the app unless the build on disk was made from exactly these sources. Gives false when the build failed.
 * @param output where the build's own output goes: a command whose output is read by programs says "stderr"
 */
export async function ensureBuild(output: "stdout" | "stderr" = "stdout"): Promise<boolean> {
  const hash = fingerprint(
    [...FOLDERS, ...rootFiles()],
    (path) => /\.test\.tsx?$/.test(path) || path.startsWith("db/seed/"),
  );
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === hash) return true;
  process[output].write("Building ...\n");
  const code = await runNode([NEXT, "build"], {
    stdio: ["inherit", process[output].fd, "inherit"],
    env: { ...process.env, NODE_ENV: "production" },
  });
  if (code !== 0) return false;
  writeFileSync(stampFile, hash);
  return true;
}

function rootFiles(): string[] {
  return readdirSync(ROOT)
    .sort()
    .filter((name) => /\.(ts|mjs|json)$/.test(name) && !NOT_BUILT.test(name));
}
