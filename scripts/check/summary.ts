import type { Counts, Failure } from "./reports";

/** What became of one stage. `tests` is null for a stage that did not run. */
export type Row = {
  name: string;
  result: "pass" | "FAIL" | "skip";
  seconds: number;
  tests: Counts | null;
  failures: readonly Failure[];
  note: string;
};

function failureText(stage: string, { test, reason }: Failure): string {
  return [`${stage}: ${test}`, ...reason.split("\n").map((line) => `    ${line}`)].join("\n").trimEnd();
}

/** What failed and why, one line a stage, then all that passed and failed, in which every stage counts as one more. */
export function summary(rows: readonly Row[]): { text: string; failed: number } {
  const count = (key: keyof Counts, result: Row["result"]) =>
    rows.reduce((sum, row) => sum + (row.tests?.[key] ?? 0) + (row.result === result ? 1 : 0), 0);
  const failed = count("failed", "FAIL");
  const failures = rows.flatMap((row) => row.failures.map((one) => failureText(row.name, one)));
  const lines = rows.map(({ name, result, seconds, tests, note }) => {
    const isCounted = tests !== null && tests.passed + tests.failed > 0;
    const detail = isCounted ? `${tests.passed} passed, ${tests.failed} failed` : note;
    return `${name.padEnd(10)}${result.padEnd(6)}${seconds.toFixed(1).padStart(7)} s  ${detail}`.trimEnd();
  });
  const blocks = [...failures, lines.join("\n"), `${count("passed", "pass")} passed, ${failed} failed`];
  return { text: ["", ...blocks].join("\n\n").slice(1), failed };
}
