import { describe, expect, it } from "vitest";
import { type CodeLanguage, completeAt, type Word } from "./complete";

const words: readonly Word[] = [
  { label: "input.text", type: "name", detail: "text", info: "" },
  { label: "input.count", type: "name", detail: "number", info: "" },
  { label: "size", type: "function", detail: "size(x)", info: "" },
  { label: "contains", type: "method", detail: "", info: "" },
  { label: "upcase", type: "filter", detail: "", info: "" },
  { label: "if", type: "tag", detail: "", info: "" },
];

/** What is offered at the bar of a text, after the piece it would replace. */
function offered(text: string, language: CodeLanguage): string | null {
  const at = text.indexOf("¦");
  const plain = text.replace("¦", "");
  const offer = completeAt(plain, at, language, words);
  return offer && `${plain.slice(offer.from, at)} → ${offer.words.map(({ label }) => label).join(" ")}`;
}

describe("completeAt", () => {
  it("offers names inside the braces of a template, filters after a bar, tags at the start of a tag", () => {
    expect(offered("Hello {{ in¦ }}", "template")).toBe("in → input.text input.count");
    expect(offered("{{ input.te¦ }}", "template")).toBe("input.te → input.text input.count");
    expect(offered("{{ input.text | up¦", "template")).toBe("up → upcase");
    expect(offered("{{ input.text |¦", "template")).toBe(" → upcase");
    expect(offered("{% i¦", "template")).toBe("i → if");
    expect(offered("{% if in¦ %}", "template")).toBe("in → input.text input.count");
  });

  it("offers nothing in plain text, in a string or in JSON", () => {
    expect(offered("Hello in¦", "template")).toBeNull();
    expect(offered("{{ input.text }} in¦", "template")).toBeNull();
    expect(offered('{{ "in¦', "template")).toBeNull();
    expect(offered('input.text == "in¦', "expression")).toBeNull();
    expect(offered('{ "a": in¦', "json")).toBeNull();
  });

  it("offers names and functions in an expression, and methods after a whole name", () => {
    expect(offered("in¦", "expression")).toBe("in → input.text input.count size");
    expect(offered("size(input.t¦", "expression")).toBe("input.t → input.text input.count");
    expect(offered("input.text.co¦", "expression")).toBe("co → contains");
    expect(offered('input.text == "a" && inp¦', "expression")).toBe("inp → input.text input.count size");
  });
});
