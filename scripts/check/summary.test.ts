import { describe, expect, it } from "vitest";
import { type Row, summary } from "./summary";

const row = (given: Partial<Row>): Row => ({
  name: "unit",
  result: "pass",
  seconds: 1,
  tests: { passed: 0, failed: 0 },
  failures: [],
  note: "",
  ...given,
});

describe("summary", () => {
  it("ends in one line with tests and stages added up", () => {
    const rows = [row({ name: "lint" }), row({ tests: { passed: 40, failed: 0 } })];
    const { text, failed } = summary(rows);
    expect(text.split("\n").at(-1)).toBe("42 passed, 0 failed");
    expect(failed).toBe(0);
  });

  it("counts a stage that failed although each of its tests passed", () => {
    const { text, failed } = summary([row({ result: "FAIL", tests: { passed: 3, failed: 0 } })]);
    expect(text.split("\n").at(-1)).toBe("3 passed, 1 failed");
    expect(failed).toBe(1);
  });

  it("says last what failed and why, so that the end of a log tells enough", () => {
    const failures = [{ test: "lib/a.test.ts > adds", reason: "expected 3\n  to be 4" }];
    const { text } = summary([row({ result: "FAIL", tests: { passed: 3, failed: 1 }, failures })]);
    expect(text).toBe(
      "\nunit: lib/a.test.ts > adds\n    expected 3\n      to be 4\n\nunit      FAIL      1.0 s  3 passed, 1 failed\n\n3 passed, 2 failed",
    );
  });

  it("neither passes nor fails what was skipped, and says why", () => {
    const { text } = summary([row({ name: "postgres", result: "skip", tests: null, note: "no address" })]);
    expect(text).toContain("no address");
    expect(text.split("\n").at(-1)).toBe("0 passed, 0 failed");
  });
});
