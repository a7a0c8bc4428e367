import { expect, it } from "vitest";
import { checkExpression } from "./condition";

it.each([
  ["a.b >> 2", "“>” does not belong here.", 5],
  ["a.b = 2", "“=” does not belong here. Equal is written ==.", 4],
  ["a.b & c", "“&” does not belong here. And is written &&.", 4],
  ["a && && b", "“&&” does not belong here.", 5],
  ["a and b", "“and” does not belong here. And is written &&.", 2],
  ["not a", "“a” does not belong here. Not is written !.", 4],
  ["a.b)", "“)” does not belong here.", 3],
  ["(a.b", "A “)” is missing at the end.", 4],
  ["a ? b", "A “:” is missing at the end.", 5],
  ["a..b", "A name is missing here.", 2],
  ["a.b +", "Something is missing at the end.", 5],
  ["'abc", "A text is not closed: its quotation mark is missing.", 0],
  ["'a\nb'", "A text in quotation marks stays on one line.", 2],
  ["a.b < 1e400", "This is not a number, or it is too large.", 6],
  ["for", "“for” is a word of the language and cannot be a name.", 0],
])("%s: %s", (expression, message, start) => {
  expect(checkExpression(expression)).toMatchObject({ message, start });
});
