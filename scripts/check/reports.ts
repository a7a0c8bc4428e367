import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";

/** How many tests passed and failed. */
export type Counts = { passed: number; failed: number };

/** A test that failed: its file and name, and the first lines of why. */
export type Failure = { test: string; reason: string };

export type TestReport = { tests: Counts; failures: Failure[] };

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullable(),
        }),
      ),
    }),
  ),
});

const errors = z.array(z.object({ message: z.string().optional() }));
const spec = z.object({
  title: z.string(),
  file: z.string(),
  line: z.number(),
  tests: z.array(z.object({ status: z.string(), results: z.array(z.object({ errors })) })),
});
const suite = z.object({
  specs: z.array(spec),
  get suites() {
    return z.array(suite).optional();
  },
});
const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }),
  suites: z.array(suite),
  errors,
});

const EMPTY: TestReport = { tests: { passed: 0, failed: 0 }, failures: [] };
const REASON_LINES = 6;

function read<T>(path: string, schema: z.ZodType<T>): T | null {
  return existsSync(path) ? schema.parse(JSON.parse(readFileSync(path, "utf8"))) : null;
}

function failure(test: string, message: string | undefined): Failure {
  const lines = stripVTControlCharacters(message ?? "").split("\n");
  return {
    test,
    reason: lines
      .filter((line) => line.trim())
      .slice(0, REASON_LINES)
      .join("\n"),
  };
}

/** What a vitest JSON report says; nothing when the file is missing. A file that could not be loaded is a failure too. */
export function readVitestReport(path: string): TestReport {
  const report = read(path, vitestReport);
  if (!report) return EMPTY;
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter((result) => result.status === "failed");
    if (failed.length === 0) return status === "failed" ? [failure(file, message)] : [];
    return failed.map((one) => failure(`${file} > ${one.fullName}`, one.failureMessages?.[0]));
  });
  return { tests: { passed: report.numPassedTests, failed: report.numFailedTests }, failures };
}

type Suite = z.infer<typeof suite>;

function specsOf(one: Suite): z.infer<typeof spec>[] {
  return [...one.specs, ...(one.suites ?? []).flatMap(specsOf)];
}

/** What a Playwright JSON report says. A test that passed only on a second try has not passed. */
export function readPlaywrightReport(path: string): TestReport {
  const report = read(path, playwrightReport);
  if (!report) return EMPTY;
  const failed = report.suites
    .flatMap(specsOf)
    .filter(({ tests }) => tests.some(({ status }) => status === "unexpected" || status === "flaky"));
  const failures = [
    ...failed.map(({ file, line, title, tests }) =>
      failure(
        `e2e/${file}:${line} > ${title}`,
        tests.flatMap((test) => test.results.flatMap((result) => result.errors))[0]?.message,
      ),
    ),
    ...report.errors.map(({ message }) => failure("e2e", message)),
  ];
  const { expected, unexpected, flaky } = report.stats;
  return { tests: { passed: expected, failed: unexpected + flaky }, failures };
}
