import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { ROOT } from "@/scripts/child";
import { fingerprint } from "@/scripts/fingerprint";

const FOLDER = join(ROOT, ".cache", "programs");
/** What a program of the tests may be made of. */
const SOURCES = ["lib", "db", "inngest", "e2e", "scripts", "tsconfig.json", "package-lock.json"];

/** Each file is told where it is itself, not where the program is; outside of Next, `server-only` would throw. */
const asInPlace: Plugin = {
  name: "as-in-place",
  setup(made) {
    made.onLoad({ filter: /\.tsx?$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(
        "import.meta.url",
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: path.endsWith("x") ? "tsx" : "ts",
    }));
    made.onResolve({ filter: /^server-only$/ }, () => ({ path: join(ROOT, "lib/testing/server-only.ts") }));
    made.onResolve({ filter: /^next\/[a-z]+$/ }, ({ path }) => ({ path: `${path}.js`, external: true }));
  },
};

const programs = new Map<string, Promise<string>>();

/** One file with all that a TypeScript entry imports, packages aside. */
function programOf(entry: string): Promise<string> {
  const made = programs.get(entry) ?? makeProgram(entry);
  programs.set(entry, made);
  return made;
}

/** The one that is there is taken for as long as no source has changed. */
async function makeProgram(entry: string): Promise<string> {
  const path = join(FOLDER, `${basename(entry, ".ts")}.mjs`);
  const banner = `// ${fingerprint(SOURCES, (name) => /\.test\.tsx?$/.test(name))}`;
  if (existsSync(path) && readFileSync(path, "utf8").startsWith(`${banner}\n`)) return path;
  mkdirSync(FOLDER, { recursive: true });
  // Put in place at once: another process may be about to start the one before.
  const written = `${path}.${process.pid}.mjs`;
  try {
    await build({
      entryPoints: [join(ROOT, entry)],
      outfile: written,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node24",
      packages: "external",
      banner: { js: banner },
      plugins: [asInPlace],
      logLevel: "error",
    });
    renameSync(written, path);
  } finally {
    rmSync(written, { force: true });
  }
  return path;
}

export type ProgramOptions = {
  readonly stdio?: StdioOptions;
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  /** When it is ended; never unless told. */
  readonly timeoutMs?: number;
};

/**
 * Starts a process that runs a TypeScript entry of the project as a server would. It begins in a third of the time that
 * one takes which translates each file by itself, and tests start dozens of them.
 * @param entry its path in the project
 */
export async function startProgram(
  entry: string,
  args: readonly string[],
  { stdio = "pipe", env = {}, nodeArgs = [], timeoutMs }: ProgramOptions = {},
): Promise<ChildProcess> {
  const imports = ["--import", "./scripts/server-modules.mjs"];
  return spawn(process.execPath, [...nodeArgs, ...imports, await programOf(entry), ...args], {
    cwd: ROOT,
    stdio,
    timeout: timeoutMs,
    // What was compiled once is read from there.
    env: { ...process.env, NODE_COMPILE_CACHE: join(FOLDER, "compiled"), ...env },
  });
}
