import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calculate } from "./calculate";

describe("calculate", () => {
  it.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["2 ^ 3 ^ 2", 512],
    ["-2 ^ 2", -4],
    ["10 % 4", 2],
    ["15%", 0.15],
    ["200 * 15%", 30],
    ["0.1 + 0.2", 0.3],
    ["1e3 / 8", 125],
    ["round(10 / 3, 2)", 3.33],
    ["round(1 / 10000000, 2)", 0],
    ["round(0.00000123456, 8)", 0.00000123],
    ["round(1234, -2)", 1200],
    ["round(10 ^ 21 + 0.5, 2)", 1e21],
    ["max(1, sqrt(16), 3) + abs(-2)", 6],
    ["--3", 3],
    ["6 ÷ 2 × 3 − 1", 8],
    ["2 * PI", 6.28318530717959],
  ])("%s = %d", (expression, value) => {
    expect(calculate(expression)).toEqual({ ok: true, value });
  });

  it.each([
    ["", /empty/],
    ["1 / 0", /zero/],
    ["1 +", /early/],
    ["(1", /missing/],
    ["1 2", /not expected/],
    ["constructor(1)", /not known/],
    ["__proto__", /not arithmetic/],
    ["toString()", /not known/],
    ["process.exit()", /not known|not arithmetic/],
    ["9 ^ 9 ^ 9", /finite/],
    ["(".repeat(400), /deep/],
    ["1".repeat(600), /longer/],
  ])("refuses %j", (expression, message) => {
    const result = calculate(expression);
    expect(result.ok ? "" : result.message).toMatch(message);
  });

  it("gives what JavaScript gives for any tree of plain arithmetic", () => {
    const tree = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: "small" },
        fc.integer({ min: 1, max: 99 }).map(String),
        fc
          .tuple(tie("node"), fc.constantFrom("+", "-", "*"), tie("node"))
          .map(([a, o, b]) => `(${a} ${o} ${b})`),
      ),
    }));
    fc.assert(
      fc.property(tree.node, (expression) => {
        fc.pre(expression.length < 450);
        const result = calculate(expression);
        const expected = Number(Number(indirect(expression)).toPrecision(15));
        expect(result).toEqual({ ok: true, value: expected });
      }),
    );
  });

  it("never throws, whatever it is given", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => typeof calculate(text).ok === "boolean"));
  });
});

/** The oracle: the trees above hold only digits, operators and parentheses. */
function indirect(expression: string): number {
  const match = /^\((.*)\)$/.exec(expression);
  if (!match?.[1]) return Number(expression);
  let depth = 0;
  const inner = match[1];
  for (let at = 0; at < inner.length; at += 1) {
    const char = inner[at] ?? "";
    if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    else if (depth === 0 && "+-*".includes(char) && inner[at - 1] === " ") {
      const [left, right] = [indirect(inner.slice(0, at - 1)), indirect(inner.slice(at + 2))];
      return char === "+" ? left + right : char === "-" ? left - right : left * right;
    }
  }
  return Number.NaN;
}
