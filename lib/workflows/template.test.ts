import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PROTOTYPE_PAYLOADS } from "./payloads-testing";
import { buildScope } from "./scope";
import { SOUGHT_TOO_LONG } from "./search-bound";
import { checkTemplate, renderTemplate, templateReferences } from "./template";

const scope = buildScope(
  {
    name: "Ada",
    list: [1, 2, 3],
    big: Array.from({ length: 3_000 }, (_, i) => i),
    long: "a".repeat(200_000),
  },
  { agent: { text: "hello" }, "a-b": { items: [{ title: "One" }] }, skipped: null },
);

function text(template: string): string {
  const result = renderTemplate(template, scope);
  return result.ok ? result.text : `! ${result.problem.message}`;
}

describe("renderTemplate", () => {
  it.each([
    ["Hi {{ input.name | upcase }}: {{ agent.text }}", "Hi ADA: hello"],
    ["{% for item in nodes.a-b.items %}- {{ item.title }}{% endfor %}", "- One"],
    ["{% if skipped %}ran{% else %}skipped{% endif %}{{ skipped.text }}", "skipped"],
    ["{{ input.list | join: ', ' }} {{ input.name | replace: 'A', 'O' }}", "1, 2, 3 Oda"],
    ["{{ nodes.a-b | json }}", '{"items":[{"title":"One"}]}'],
    ["It gave {{ nodes.a-b }}.", 'It gave {"items":[{"title":"One"}]}.'],
    ["{{ nodes.a-b.items }} {{ input.list }}", '[{"title":"One"}] 123'],
    [
      "{% assign all = nodes.a-b.items %}{% for one in all %}{{ one }}{{ forloop.index }}{% endfor %}",
      '{"title":"One"}1',
    ],
  ])("renders %s", (template, expected) => expect(text(template)).toBe(expected));

  it("has no files, partials or captures", () => {
    for (const tag of [
      "include 'x'",
      "render 'x'",
      "layout 'x'",
      "block a",
      "capture a",
      "tablerow x in input.list",
    ]) {
      expect(checkTemplate(`{% ${tag} %}`)?.message).toMatch(/^There is no tag/);
    }
  });

  it.each([
    "{% for a in input.big %}{% for b in input.big %}{% for c in input.big %}x{% endfor %}{% endfor %}{% endfor %}",
    "{% for i in (1..1000000000) %}x{% endfor %}",
    `{% assign s = input.long %}${"{% assign s = s | append: s %}".repeat(30)}{{ s }}`,
    "{{ input.long | replace: 'a', input.long }}",
    "{{ input.big | join: input.long }}",
    "{% for a in input.big %}{{ input.long }}{% endfor %}",
    "{% for a in input.big %}{{ input }}{% endfor %}",
    "{{ input.long | split: '' | join: input.long }}",
  ])("stops within limits: %#", (template) => {
    expect(text(template)).toMatch(/^! The template (takes too long|makes too much text)/);
  });

  it.each([
    "{% if input.many contains input.nearly %}yes{% endif %}",
    ...["split", "replace_first", "replace_last", "remove_first", "remove_last", "replace", "remove"].map(
      (filter) => `{{ input.many | ${filter}: input.nearly }}`,
    ),
  ])("does not begin to look for what takes minutes to find: %s", (template) => {
    const nearly = `${"a".repeat(1_000_000)}b${"a".repeat(1_000_000)}`;
    const given = buildScope({ many: "a".repeat(4_000_000), nearly }, {});
    expect(renderTemplate(template, given)).toMatchObject({
      ok: false,
      problem: { message: SOUGHT_TOO_LONG },
    });
  });

  it("finds in texts and lists", () => {
    const template =
      "{% if input.name contains 'Ad' %}{{ input.name | split: 'd' | join: '-' }}{% endif %}{% if input.list contains 3 %} 3{% endif %}";
    expect(renderTemplate(template, buildScope({ name: "Ada", list: [3, 1] }, {}))).toEqual({
      ok: true,
      text: "A-a 3",
    });
  });

  it("cannot reach a prototype or a global", () => {
    for (const name of PROTOTYPE_PAYLOADS) {
      for (const path of [
        name,
        `input.${name}`,
        `input["${name}"]`,
        `input.list["${name}"]`,
        `agent.text.${name}`,
      ]) {
        const result = renderTemplate(`{{ ${path} }}`, scope);
        if (result.ok) expect(result.text, path).toBe("");
      }
    }
  });

  it("answers any text with a text or a problem, and never throws", () => {
    const piece = fc.constantFrom(
      "{{",
      "}}",
      "{%",
      "%}",
      " if ",
      " for ",
      "input",
      ".",
      "|",
      " json ",
      " append: ",
      "'a'",
      "x",
      "(1..9)",
      " in ",
      " endfor ",
      " assign ",
      "=",
      "[",
      "]",
      "__proto__",
    );
    const texts = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(piece, { maxLength: 20 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (template) => {
        expect(typeof text(template)).toBe("string");
        expect(Array.isArray(templateReferences(template))).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("arithmetic in a template", () => {
  it.each([
    ["{{ 5 | divided_by: 0 }}", 0, 23],
    ["{{ input.none | modulo: 0 }}", 0, 28],
    ["ab {{ input.list | size | divided_by: input.none | round }}", 3, 59],
    ["{% assign x = 5 | divided_by: 0 %}{% if x > 5 %}large{% endif %}", 0, 34],
    ["{% for n in input.list %}{{ n | divided_by: 0 }}{% endfor %}", 25, 48],
    ["{{ '1e308' | times: 10 }}", 0, 25],
    ["{{ '1e308' | plus: '1e308' }}", 0, 29],
    ["{{ '-1e308' | minus: '1e308' }}", 0, 31],
    ["{{ '1e308,1e308' | split: ',' | sum }}", 0, 38],
  ])("%s gives no number, and says where", (template, start, end) => {
    const message = "This gives no number: it divides by zero, or is too large.";
    expect(renderTemplate(template, scope)).toEqual({ ok: false, problem: { message, start, end } });
  });

  it.each([
    ["{{ 9 | divided_by: 2 | times: 3 | minus: 1 | modulo: 4 | plus: 0.5 }}", "1"],
    ["{{ 9 | divided_by: 2, true }}", "4"],
    ["{{ input.list | sum }} {{ nodes.a-b.items | sum: 'price' }}", "6 0"],
    ["{{ input.none | plus: 1 }} {{ input.name | times: 2 }}", "1 0"],
  ])("%s is as it was", (template, expected) => expect(text(template)).toBe(expected));
});

describe("templateReferences", () => {
  it("lists outside names with their places, not loop variables or assigned names", () => {
    const template =
      "{% assign a = input.x %}\n{% for p in nodes.find.passages %}{{ p.text }}{{ a }}{% endfor %}{{ input[nodes.k.v] }}";
    const found = templateReferences(template).map((reference) => reference.path.join("."));
    expect(found.sort()).toEqual(["input", "input.x", "nodes.find.passages", "nodes.k.v"]);
    const [first] = templateReferences("ab {{ input.x }}");
    expect(first).toMatchObject({ start: 6, end: 13 });
  });
});
