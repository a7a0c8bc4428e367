import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkExpression, decideCondition, evaluateExpression, expressionReferences } from "./condition";
import { PROTOTYPE_PAYLOADS } from "./payloads-testing";
import { buildScope } from "./scope";
import { SOUGHT_TOO_LONG } from "./search-bound";

const scope = buildScope(
  {
    n: 18,
    price: 2.5,
    name: "Ada",
    list: [3, 1, 2],
    rows: [{ id: 1, tags: ["a"] }],
    big: Array.from({ length: 3_000 }, (_, i) => i),
  },
  { agent: { text: "hello" }, "a-b": { x: 1 }, skipped: null },
);

function value(expression: string): unknown {
  const result = evaluateExpression(expression, scope);
  return result.ok ? result.value : result.problem;
}

describe("evaluateExpression", () => {
  it.each([
    ["input.n >= 18 && input.name == 'Ada'", true],
    ["input.n + 1", 19],
    ["1 + input.n * 2 - input.price / 2", 35.75],
    ["input.n % 5", 3],
    ["(1 + 2) * 3", 9],
    ["-(input.n) + 20", 2],
    ["!(1 == 2) ? 'yes' : 'no'", "yes"],
    ["input.list.filter(x, x > 1).map(x, x * 10)", [30, 20]],
    ["input.rows.exists(r, 'a' in r.tags) && input.list.all(x, x < 4)", true],
    ["has(input.nope)", false],
    ["nodes['a-b'].x == 1 && nodes.skipped == null", true],
    ['agent.text + "\\n" + string(input.n)', "hello\n18"],
    ["{'a': [1, 2.5, 'x'], 'b': {'c': null}}", { a: [1, 2.5, "x"], b: { c: null } }],
    ["size(input.name) + input.list.size()", 6],
  ])("computes %s", (expression, expected) => expect(value(expression)).toEqual(expected));

  it.each([
    ["input.n / 0", 0],
    ["input.n / (input.price - input.price) > 5", 0],
    ["input.n % 0", 0],
    ["0.0 / 0.0", 0],
    ["1e308 * 10.0", 0],
    ["{'a': [1.0, input.n / 0]}", 12],
    ["double('Infinity')", 0],
    ["string(1.0 / 0.0)", 7],
  ])("gives no number that JSON cannot hold: %s", (expression, start) =>
    expect(value(expression)).toMatchObject({
      message: expect.stringContaining("This gives no number"),
      start,
    }),
  );

  it.each([
    ["int('9007199254740993')", 0],
    ["{'id': [1, int('-9007199254740993') + 1]}", 0],
    ["9007199254740992", 0],
  ])("gives no whole number of which digits would be lost: %s", (expression, start) =>
    expect(value(expression)).toMatchObject({ message: expect.stringContaining("Give it as a text"), start }),
  );

  it("counts with all digits where what it gives has room for them", () => {
    expect(value("string(int('9007199254740993') + 1)")).toBe("9007199254740994");
    expect(value("int('9007199254740993') == 9007199254740993")).toBe(true);
    expect(value("9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    ["timestamp('2026-03-29T01:30:00Z').getHours('Europe/Berlin')", 3],
    ["timestamp('2026-10-25T01:30:00Z').getHours('Europe/Berlin')", 2],
    ["timestamp('2028-02-29T00:00:00Z')", "2028-02-29T00:00:00.000Z"],
    [
      "1 + timestamp('2026-03-29T01:30:00Z').getHours('Mars/Base')",
      { message: 'A time zone is called like "Europe/Berlin".' },
    ],
    [
      "timestamp(input.day)",
      { message: 'timestamp() takes an ISO date and time such as "2030-01-31T09:00:00Z".' },
    ],
  ])("knows the hours and days of the calendar: %s", (expression, expected) => {
    const result = evaluateExpression(expression, buildScope({ day: "2026-02-30T00:00:00Z" }, {}));
    expect(result).toMatchObject(result.ok ? { value: expected } : { problem: expected });
  });

  it("divides by zero only where it comes to it", () => {
    expect(value("input.n == 18 || input.n / 0 > 5")).toBe(true);
    expect(value("input.n == 18 ? 1 : input.n / 0")).toBe(1);
  });

  it.each([
    ["1e308", 1e308],
    ["1e21 + 1.0", 1e21],
    ["2.0 * 1e-7", 2e-7],
  ])("reads a number with an exponent: %s", (expression, expected) =>
    expect(value(expression)).toBe(expected),
  );

  it("points at what is wrong in the text the person wrote", () => {
    expect(value("input.n == 1 || input.nope.x > 2")).toMatchObject({
      message: "There is no field nope.",
      start: 16,
    });
    expect(value("2 + 1 / 0")).toMatchObject({ message: "This divides by zero." });
    expect(value("1 % 0")).toMatchObject({ message: "This divides by zero." });
    expect(checkExpression("1 +")).toMatchObject({ start: 3 });
    expect(checkExpression("input.name.matches('(a+)+$')")).toMatchObject({
      message: "There is no method .matches().",
    });
    expect(checkExpression(`[${Array(201).fill("1").join(",")}]`)).toMatchObject({
      message: "This list has more than 200 items.",
    });
    expect(checkExpression("input.name + 'x'", "boolean")).toMatchObject({
      message: "This gives text, not true or false.",
    });
  });

  it.each([
    "input.big.map(x, input.big.map(y, x * y))",
    "input.big.exists(x, input.big.exists(y, input.big.exists(z, z < 0)))",
    "input.big.all(x, input.big.all(y, input.big.all(z, input.name.contains('A'))))",
    `[input.big].map(x, x + x)${".map(x, x + x)".repeat(10)}.size()`,
    `['aaaaaaaa']${".map(x, x + x + x + x + x + x + x + x)".repeat(10)}.size()`,
    `${"(".repeat(200)}1${")".repeat(200)}`,
    Array.from({ length: 900 }, () => "1").join("+"),
  ])("stops within limits: %#", (expression) => {
    expect(evaluateExpression(expression, scope)).toMatchObject({
      ok: false,
      problem: {
        message: expect.stringMatching(
          /takes too (many steps|long)|makes too much data|deeper than 24 levels|more than 300 parts/,
        ),
      },
    });
  });

  it.each([
    ["duration(input.digits)", "This is not a duration such as 1h30m."],
    ["input.many.contains(input.nearly)", SOUGHT_TOO_LONG],
    ["'x' + string(input.many.indexOf(input.nearly))", SOUGHT_TOO_LONG],
    ["input.many.lastIndexOf(input.nearly)", SOUGHT_TOO_LONG],
    ["input.many.split(input.nearly, 2).size()", SOUGHT_TOO_LONG],
    ["[input.many, 'b'].exists(x, x.contains(['b', input.nearly][1]) || input.n > 1)", SOUGHT_TOO_LONG],
  ])("does not begin what never ends: %s", (expression, message) => {
    const texts = {
      n: 18,
      digits: "1".repeat(1_000_000),
      many: "a".repeat(4_000_000),
      nearly: `${"a".repeat(1_000_000)}b${"a".repeat(1_000_000)}`,
    };
    expect(evaluateExpression(expression, buildScope(texts, {}))).toMatchObject({
      ok: false,
      problem: { message },
    });
  });

  it("looks for what a text of its length can be searched for, also within what is looked for", () => {
    expect(value("'a-b-c'.split('-').map(x, 'abc'.indexOf(x))")).toEqual([0, 1, 2]);
    expect(value("'abc'.contains('xbx'.substring('xbx'.indexOf('b'), 2))")).toBe(true);
    expect(value("duration('1h30m')")).toBe("5400s");
    const large = buildScope({ text: `${"ab ".repeat(300_000)}here`, part: "ab ".repeat(300) }, {});
    expect(
      evaluateExpression("input.text.contains(input.part) && input.text.contains('here')", large),
    ).toEqual({
      ok: true,
      value: true,
    });
  });

  it("cannot reach a prototype or a global", () => {
    for (const payload of PROTOTYPE_PAYLOADS) {
      for (const expression of [
        payload,
        `input.${payload}`,
        `input["${payload}"]`,
        `nodes.agent["${payload}"]`,
      ]) {
        expect(evaluateExpression(expression, scope), expression).toMatchObject({ ok: false });
      }
    }
  });

  it("answers any text with a value or a problem, and never throws", () => {
    const piece = fc.constantFrom(
      "input",
      "nodes",
      ".",
      "[",
      "]",
      "(",
      ")",
      "x",
      "1",
      '"a"',
      "map",
      "filter",
      ",",
      "+",
      "?",
      ":",
      "==",
      "__proto__",
      "constructor",
      "!",
      "&&",
      "{",
      "}",
      " ",
    );
    const texts = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(piece, { maxLength: 20 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (expression) => {
        const result = evaluateExpression(expression, scope);
        expect(typeof (result.ok ? result.value : result.problem.message)).not.toBe("function");
        expect(Array.isArray(expressionReferences(expression))).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("expressionReferences", () => {
  it("lists outside names only", () => {
    const references = expressionReferences(
      'input.rows.exists(r, r.id == agent.score) && nodes["a-b"].x > 0',
    );
    expect(references.map((reference) => reference.path.join("."))).toEqual([
      "input.rows",
      "agent.score",
      "nodes.a-b.x",
    ]);
  });
});

describe("decideCondition", () => {
  const rules = (...expressions: string[]) => expressions.map((expression) => ({ expression }));

  it("joins rules by all or any and reports the rule that cannot be decided", () => {
    expect(decideCondition({ match: "all", rules: rules("true", "1 > 2") }, scope)).toEqual({
      ok: true,
      port: "false",
      rule: 1,
    });
    expect(decideCondition({ match: "any", rules: rules("false", "1 < 2", "input.nope") }, scope)).toEqual({
      ok: true,
      port: "true",
      rule: 1,
    });
    expect(decideCondition({ match: "all", rules: rules("true", "2 > 1") }, scope)).toEqual({
      ok: true,
      port: "true",
      rule: null,
    });
    expect(decideCondition({ match: "all", rules: rules("true", "input.nope") }, scope)).toMatchObject({
      ok: false,
      rule: 1,
    });
    expect(decideCondition({ match: "all", rules: rules("input.n") }, scope)).toMatchObject({
      ok: false,
      rule: 0,
    });
  });
});
