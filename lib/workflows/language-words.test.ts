import { describe, expect, it } from "vitest";
import { FUNCTIONS, LOOPS, METHODS } from "./cel-guard";
import { checkExpression, evaluateExpression } from "./condition";
import { EXPRESSION_WORDS } from "./expression-words";
import { readTime } from "./kinds/wait";
import { EXAMPLE_VALUES, type LanguageWord } from "./language-words";
import { findKind } from "./nodes";
import { buildScope } from "./scope";
import { checkTemplate, FILTER_NAMES, renderTemplate, TAG_NAMES } from "./template";
import { TEMPLATE_FILTERS } from "./template-filters";
import { TEMPLATE_TAGS } from "./template-tags";

const { input, ...outputs } = EXAMPLE_VALUES;
const scope = buildScope(input, outputs);

const namesOf = (words: readonly LanguageWord[], type: LanguageWord["type"]) =>
  words.flatMap((word) => (word.type === type ? [word.name] : [])).toSorted();

describe("the words of expressions", () => {
  it.each(EXPRESSION_WORDS)("$usage: its example gives what it says", ({ example: [text, gives] }) => {
    expect(checkExpression(text)).toBeNull();
    expect(evaluateExpression(text, scope)).toEqual({ ok: true, value: gives });
  });

  it("are all there are", () => {
    expect(namesOf(EXPRESSION_WORDS, "function")).toEqual([...FUNCTIONS].toSorted());
    expect(namesOf(EXPRESSION_WORDS, "method")).toEqual([...METHODS, ...LOOPS].toSorted());
  });
});

describe("the words of templates", () => {
  it.each([...TEMPLATE_FILTERS, ...TEMPLATE_TAGS])(
    "$usage: its example gives what it says",
    ({ example: [text, gives] }) => {
      expect(checkTemplate(text)).toBeNull();
      expect(renderTemplate(text, scope)).toEqual({ ok: true, text: gives });
    },
  );

  it("name the day on which they are written, as where a time is asked for is said", () => {
    const help = findKind("wait")?.form.find(({ name }) => name === "until")?.help ?? "";
    const [template = ""] = /\{\{.*Z/.exec(help) ?? [];
    const today = () => ({ ok: true, text: `${new Date().toISOString().slice(0, 10)}T07:00:00Z` });
    const before = today();
    const written = renderTemplate(template, scope);
    expect([before, today()]).toContainEqual(written);
    expect(readTime(written.ok ? written.text : "")).not.toBeNull();
    expect(TEMPLATE_FILTERS.find(({ name }) => name === "date")?.says).toContain('"now"');
  });

  it("are all there are", () => {
    expect(namesOf(TEMPLATE_FILTERS, "filter")).toEqual([...FILTER_NAMES].toSorted());
    const inner = ["elsif", "else", "when"];
    const own = namesOf(TEMPLATE_TAGS, "tag").filter(
      (name) => !name.startsWith("end") && !inner.includes(name),
    );
    expect(own).toEqual(TAG_NAMES.filter((name) => name !== "#").toSorted());
  });
});
