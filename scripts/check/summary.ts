import type { Counts } from "./reports";

/** What became of one stage. `tests` is null for a stage that did not run. */
export type Row = {
  name: string;
  result: "pass" | "FAIL" | "skip";
  seconds: number;
  tests: Counts | null;
  note: string;
};

/** One line a stage, then all that passed and failed, in which every stage counts as one more. */
export function summary(rows: readonly Row[]): { text: string; failed: number } {
  const count = (key: keyof Counts, result: Row["result"]) =>
    rows.reduce((sum, row) => sum + (row.tests?.[key] ?? 0) + (row.result === result ? 1 : 0), 0);
  const failed = count("failed", "FAIL");
  const lines = rows.map(({ name, result, seconds, tests, note }) => {
    const isCounted = tests !== null && tests.passed + tests.failed > 0;
    const detail = isCounted ? `${tests.passed} passed, ${tests.failed} failed` : note;
    return `${name.padEnd(10)}${result.padEnd(6)}${seconds.toFixed(1).padStart(7)} s  ${detail}`.trimEnd();
  });
  return {
    text: ["", ...lines, "", `${count("passed", "pass")} passed, ${failed} failed`].join("\n"),
    failed,
  };
}
