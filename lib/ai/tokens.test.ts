import { expect, it } from "vitest";
import { countTokens, firstTokens } from "./tokens";

it("gives the start of a text that has so many tokens, or all of one that has fewer", () => {
  const text = "A window seat, please. ".repeat(400);
  const start = firstTokens(text, 300);
  expect(text.startsWith(start)).toBe(true);
  expect(countTokens(start)).toBe(300);
  expect(firstTokens(text, countTokens(text))).toBe(text);
  expect(firstTokens("", 5)).toBe("");
});

it("does not stand still over a text without spaces", () => {
  expect(firstTokens("a".repeat(3_000_000), 1_000_000)).toBe("a".repeat(3_000_000));
  expect(countTokens(firstTokens("ab".repeat(1_000_000), 1_000))).toBe(1_000);
});
