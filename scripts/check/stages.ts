import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, runNode } from "../child";
import { CHROMIUM_MISSING, findChromium } from "../chromium";
import { ensureBuild } from "../serve/build";
import { readPlaywrightReport, readVitestReport, type TestReport } from "./reports";

/** What a stage tells: whether it passed, and what its tests say if it is one that runs tests. */
export type Outcome = { isPassed: boolean } & TestReport;

export type Stage = {
  name: string;
  /** Part of `npm run check`. */
  isFast: boolean;
  /** What `npm run check` leaves to `npm test`: arguments that narrow the stage down. */
  fastFilters?: string[];
  /** The stage that this one cannot do without. */
  needs?: string;
  /** Why the stage does not apply on this machine, or null. */
  skipReason?: () => string | null;
  /** `filters` narrow the stage down, as its tool understands them. */
  run: (filters: string[]) => Promise<Outcome>;
};

const NO_TESTS: TestReport = { tests: { passed: 0, failed: 0 }, failures: [] };
const VITEST = "node_modules/vitest/vitest.mjs";
const PLAYWRIGHT = "node_modules/@playwright/test/cli.js";
const NEXT = "node_modules/next/dist/bin/next";

async function tool(...args: string[]): Promise<Outcome> {
  return { isPassed: (await runNode(args)) === 0, ...NO_TESTS };
}

/** Runs one of the projects of vitest.config.ts and reads what it says. */
async function vitest(project: "embedded" | "postgres", filters: string[]): Promise<Outcome> {
  const report = join(".cache", `check-${project}.json`);
  rmSync(report, { force: true });
  const output = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await runNode([VITEST, "run", `--project=${project}`, ...output, ...filters]);
  return { isPassed: code === 0, ...readVitestReport(report) };
}

/** Journeys run on the production build, with a database and files of their own that are thrown away. */
async function journeys(filters: string[]): Promise<Outcome> {
  const chromium = findChromium();
  if (!chromium) {
    console.error(CHROMIUM_MISSING);
    return { isPassed: false, ...NO_TESTS };
  }
  const report = join(".cache", "check-e2e.json");
  rmSync(report, { force: true });
  const dataDir = mkdtempSync(join(tmpdir(), "hirebuddha-e2e-"));
  try {
    // Who asks for one journey does not want all those that come before it; what wants to be alone still is.
    const narrowed = filters.length > 0 ? ["--no-deps", "--workers=1"] : [];
    const code = await runNode([PLAYWRIGHT, "test", "--reporter=list,json", ...narrowed, ...filters], {
      env: {
        ...process.env,
        CHROMIUM_PATH: chromium,
        E2E_DATA_DIR: dataDir,
        E2E_PORT: String(await freePort()),
        E2E_RECEIVER_PORT: String(await freePort()),
        E2E_SERVICE_PORT: String(await freePort()),
        E2E_STRIPE_PORT: String(await freePort()),
        PLAYWRIGHT_JSON_OUTPUT_FILE: report,
      },
    });
    return { isPassed: code === 0, ...readPlaywrightReport(report) };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function types(): Promise<Outcome> {
  const generated = await tool(NEXT, "typegen");
  const checked = await tool("node_modules/typescript/bin/tsc", "--noEmit");
  return { isPassed: generated.isPassed && checked.isPassed, ...NO_TESTS };
}

/** Every check there is, in the order they run. */
export const STAGES: readonly Stage[] = [
  {
    name: "lint",
    isFast: true,
    run: (filters) =>
      tool("node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", ...filters),
  },
  { name: "types", isFast: true, run: types },
  {
    name: "unit",
    isFast: true,
    // What needs a database of its own takes most of the time, and so does killing processes.
    fastFilters: ["--exclude=**/*.db.test.ts", "--exclude=**/crash.test.ts"],
    run: (filters) => vitest("embedded", filters),
  },
  {
    name: "postgres",
    isFast: false,
    skipReason: () => (process.env.TEST_DATABASE_URL ? null : "TEST_DATABASE_URL is not set"),
    run: (filters) => vitest("postgres", filters),
  },
  { name: "build", isFast: false, run: async () => ({ isPassed: await ensureBuild(), ...NO_TESTS }) },
  { name: "e2e", isFast: false, needs: "build", run: journeys },
];
