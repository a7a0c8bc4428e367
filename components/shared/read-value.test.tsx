import { Parser } from "htmlparser2";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ReadValue, type ReadValueProps } from "@/components/shared/read-value";

const render = (props: ReadValueProps) => renderToStaticMarkup(<ReadValue {...props} />);

/** The texts of a value, in the order in which they are read. */
function wordsOf(props: ReadValueProps): string[] {
  const words = [""];
  const next = () => words.push("");
  const ontext = (text: string) => words.push((words.pop() ?? "") + text);
  new Parser({ onopentag: next, onclosetag: next, ontext }).end(render(props));
  return words.filter((word) => word !== "");
}

describe("a value to read", () => {
  it("is its parts by name, without the signs of JSON", () => {
    const value = {
      unit_price: 4.2,
      isOpen: false,
      note: "",
      reason: null,
      lines: [{ article: "Peanut butter" }, { article: "Pasta" }],
      tags: ["new", "sweet"],
      shop_url: "-",
    };
    expect(wordsOf({ value })).toEqual([
      "Unit price",
      "4.2",
      "Is open",
      "No",
      "Note",
      "empty",
      "Reason",
      "none",
      "Lines",
      "1",
      "Article",
      "Peanut butter",
      "2",
      "Article",
      "Pasta",
      "Tags",
      "new",
      "sweet",
      "Shop URL",
      "-",
    ]);
  });

  it("gives an answer without a name, with its sources", () => {
    const citations = [{ number: 1, filename: "Prices.csv", page: 3, documentId: "d", chunkId: "c" }];
    expect(wordsOf({ value: { text: "It is free.", citations } })).toEqual([
      "It is free.",
      "Sources",
      "[1] Prices.csv, page 3",
    ]);
    expect(wordsOf({ value: { text: "It is free.", citations }, hasSources: false })).toEqual([
      "It is free.",
    ]);
    expect(wordsOf({ value: { text: "It is free.", citations: [] } })).toEqual(["It is free."]);
    expect(wordsOf({ value: { text: "It is free." } })).toEqual(["It is free."]);
  });

  it("keeps every part beside an answer", () => {
    const words = wordsOf({ value: { text: "Ask them.", citations: [], next: "ask a person" } });
    expect(words).toEqual(["Text", "Ask them.", "Citations", "none", "Next", "ask a person"]);
  });

  it("formats what a model writes, and leaves what it was given as it is", () => {
    const value = { text: "Dear **Mia**,\n\n- one" };
    expect(render({ value })).toContain("<strong>Mia</strong>");
    expect(wordsOf({ value, texts: "given" })).toEqual(["Dear **Mia**,\n\n- one"]);
  });

  it("takes the names that parts have, and tells equal ones apart", () => {
    const labels = { a: "Name", b: "Name", text: "Message" };
    expect(wordsOf({ value: { a: "x", b: "y" }, labels })).toEqual(["Name (a)", "x", "Name (b)", "y"]);
    expect(wordsOf({ value: { text: "Hello" }, labels })).toEqual(["Message", "Hello"]);
  });

  it("shows the beginning of a long list and says how many are left out", () => {
    const words = wordsOf({ value: Array.from({ length: 250 }, (_, index) => `item ${index}`) });
    expect(words).toContain("item 199");
    expect(words).not.toContain("item 200");
    expect(words.at(-1)).toBe("50 more are not shown here.");
  });

  it("ends with JSON where parts lie too deep to be read", () => {
    let value: unknown = "deepest";
    for (let level = 0; level < 200; level += 1) value = { in: value };
    expect(wordsOf({ value }).at(-1)).toMatch(/^\{"in":.*"deepest"\}+$/);
  });

  it.each([
    [{}, "none"],
    [[], "none"],
    [null, "none"],
    ["", "empty"],
    [0, "0"],
    ["plain", "plain"],
  ])("says what %j is", (value, words) => {
    expect(wordsOf({ value })).toEqual([words]);
  });
});
