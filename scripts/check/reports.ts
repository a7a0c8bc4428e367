import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

/** How many tests passed and failed. */
export type Counts = { passed: number; failed: number };

const vitestReport = z.object({ numPassedTests: z.number(), numFailedTests: z.number() });
const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
});

function read<T>(path: string, schema: z.ZodType<T>): T | null {
  return existsSync(path) ? schema.parse(JSON.parse(readFileSync(path, "utf8"))) : null;
}

/** Counts of a vitest JSON report; none when the file is missing. */
export function vitestCounts(path: string): Counts {
  const report = read(path, vitestReport);
  return { passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0 };
}

/** Counts of a Playwright JSON report. A test that passed only on a second try has not passed. */
export function playwrightCounts(path: string): Counts {
  const stats = read(path, playwrightReport)?.stats;
  return { passed: stats?.expected ?? 0, failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0) };
}
