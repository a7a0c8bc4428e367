import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readPlaywrightReport, readVitestReport } from "./reports";

const folder = mkdtempSync(join(tmpdir(), "hirebuddha-reports-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(content: unknown): string {
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe("readVitestReport", () => {
  const file = (name: string) => join(process.cwd(), name);

  it("names what failed with the first lines of why, a file that did not load among them", () => {
    const why = `\u001b[31mAssertionError\u001b[39m: expected 1 to be 2\n\n${"    at somewhere\n".repeat(20)}`;
    const path = report({
      numPassedTests: 1,
      numFailedTests: 1,
      testResults: [
        {
          name: file("lib/a.test.ts"),
          status: "failed",
          message: "",
          assertionResults: [
            { fullName: "adds", status: "passed", failureMessages: [] },
            { fullName: "subtracts", status: "failed", failureMessages: [why] },
          ],
        },
        {
          name: file("lib/b.test.ts"),
          status: "failed",
          message: "Cannot find module",
          assertionResults: [],
        },
      ],
    });
    const { tests, failures } = readVitestReport(path);
    expect(tests).toEqual({ passed: 1, failed: 1 });
    expect(failures.map(({ test }) => test)).toEqual(["lib/a.test.ts > subtracts", "lib/b.test.ts"]);
    expect(failures[0]?.reason.split("\n")).toHaveLength(6);
    expect(failures[0]?.reason).toMatch(/^AssertionError: expected 1 to be 2\n {4}at somewhere\n/);
    expect(failures[1]?.reason).toBe("Cannot find module");
  });

  it("has nothing to say where there is no report", () => {
    const nothing = { tests: { passed: 0, failed: 0 }, failures: [] };
    expect(readVitestReport(join(folder, "missing.json"))).toEqual(nothing);
  });
});

describe("readPlaywrightReport", () => {
  const spec = (title: string, status: string, message?: string) => ({
    title,
    file: "pay.spec.ts",
    line: 7,
    tests: [{ status, results: [{ errors: message ? [{ message }] : [] }] }],
  });

  it("finds failures at any depth, and counts one that passed on a second try as failed", () => {
    const path = report({
      stats: { expected: 1, unexpected: 1, flaky: 1 },
      errors: [{ message: "the server did not start" }],
      suites: [
        {
          specs: [spec("pays", "expected")],
          suites: [
            { specs: [spec("pays twice", "flaky", "late")] },
            { specs: [spec("refunds", "unexpected", "no")] },
          ],
        },
      ],
    });
    expect(readPlaywrightReport(path)).toEqual({
      tests: { passed: 1, failed: 2 },
      failures: [
        { test: "e2e/pay.spec.ts:7 > pays twice", reason: "late" },
        { test: "e2e/pay.spec.ts:7 > refunds", reason: "no" },
        { test: "e2e", reason: "the server did not start" },
      ],
    });
  });
});
