import { expect, it } from "vitest";
import { jsonText, parseJsonObject, shownJson, typedJson } from "./json-text";

it("reads an object and says where a text is none", () => {
  const value = { text: "a", list: [1, null] };
  expect(parseJsonObject(jsonText(value))).toEqual({ ok: true, value });
  const broken = '{\n  "a": 1,\n  oops\n}';
  const parsed = parseJsonObject(broken);
  expect(parsed.ok).toBe(false);
  if (!parsed.ok) expect(broken.slice(parsed.problem.start, parsed.problem.end)).toBe("o");
  for (const text of ["", "[1]", "3", "null", "nothing found", "[1"])
    expect(parseJsonObject(text)).toMatchObject({
      ok: false,
      problem: { message: expect.stringMatching(/^Write an object/) },
    });
});

it("shows what is typed until the value is changed from outside, also while the text cannot be read", () => {
  const [before, after] = [{ a: 1 }, { a: 2 }];
  for (const text of ['{"a":', "", '{ "a": 1 }']) {
    expect(shownJson(typedJson(text, before), before)).toBe(text);
    expect(shownJson(typedJson(text, before), after)).toBe(jsonText(after));
  }
  expect(shownJson(typedJson('{"a":2}', before), after)).toBe('{"a":2}');
});
