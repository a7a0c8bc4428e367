import { expect, it } from "vitest";
import { z } from "zod";
import { AppError } from "./errors";
import { isUnsafeText, outsideProblem } from "./outside-value";
import { parseInput } from "./parse";

const anything = z.looseObject({});

function refusal(given: unknown): string {
  try {
    parseInput(anything, given);
    return "taken";
  } catch (error) {
    return error instanceof AppError ? `${error.code}: ${error.message}` : String(error);
  }
}

/** A value with so many levels. */
function nested(levels: number): unknown {
  let value: unknown = "in";
  for (let level = 0; level < levels; level += 1) value = { in: value };
  return value;
}

const TOO_MUCH = "invalid: This is too large, or nested too deeply.";
const UNSAFE = "invalid: The text contains characters that cannot be stored.";

it("takes a megabyte of small values, and as many levels as a body in JSON may have", () => {
  expect(refusal({ list: Array.from({ length: 500_000 }, () => 1) })).toBe("taken");
  expect(refusal({ text: "a".repeat(4_000_000) })).toBe("taken");
  expect([refusal(nested(64)), refusal(nested(65))]).toEqual(["taken", TOO_MUCH]);
});

it("refuses what unfolds without end: one part in many places, or in itself", () => {
  let twice: unknown = { in: "it" };
  for (let level = 0; level < 40; level += 1) twice = { a: twice, b: twice };
  const itself: Record<string, unknown> = {};
  itself.a = itself;
  itself.b = itself;
  const long = { text: "a".repeat(100_000) };
  const often = { list: Array.from({ length: 1_000 }, () => long) };
  expect([twice, itself, often].map(refusal)).toEqual([TOO_MUCH, TOO_MUCH, TOO_MUCH]);
});

it("finds text that cannot be stored wherever it stands, names among it", () => {
  const found = [
    { a: [{ b: "\u0000" }] },
    { "\u0000": 1 },
    { a: "\ud83d" },
    Object.assign(Object.create(null), { a: "\0" }),
  ];
  expect(found.map(refusal)).toEqual(found.map(() => UNSAFE));
  expect([isUnsafeText("😀"), isUnsafeText("😀".slice(0, 1))]).toEqual([false, true]);
});

it("says in which field the text stands that cannot be stored", () => {
  const found = [{ a: [{ b: "fine" }, { b: "\u0000" }] }, { a: { "\u0000": 1 } }, { "\u0000": 1 }, "\u0000"];
  expect(found.map((given) => outsideProblem(given)?.path.join("."))).toEqual(["a.1.b", "a", "", ""]);
});

it("refuses the one name that copies leave out, and says where it stands", () => {
  const found = [
    '{"__proto__": 1}',
    '{"input": {"text": "a", "__proto__": "b"}}',
    '{"a": [{"__proto__": {}}]}',
  ];
  const problems = found.map((text) => outsideProblem(JSON.parse(text)));
  expect(problems.map((problem) => problem?.path.join("."))).toEqual([
    "__proto__",
    "input.__proto__",
    "a.0.__proto__",
  ]);
  expect(refusal(JSON.parse('{"__proto__": 1}'))).toBe("invalid: Nothing can be named “__proto__”.");
});
