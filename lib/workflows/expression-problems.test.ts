import { expect, it } from "vitest";
import { checkExpression, evaluateExpression } from "./condition";
import { buildScope } from "./scope";

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

it.each([
  ["input.list[3]", "There is no item 3: counted from 0, the last one is 2."],
  ["input.list[-1] == 1", "There is no item -1: the first one is 0."],
  ["input.none[0] == 1", "There is no item 0: the list is empty."],
  ["9223372036854775807 + 1", "This number is too large, or too far below zero."],
  ["input.gone", "There is no field gone."],
  ["int(input.text)", 'int() takes a number, or the text of a whole one such as "42".'],
  ["double(input.text) * 2", 'double() takes a number, or the text of one such as "1.5".'],
  ["bool(input.text)", "bool() takes true or false, or the text of it."],
  ["timestamp(input.text)", 'timestamp() takes an ISO date and time such as "2030-01-31T09:00:00Z".'],
  [
    "timestamp(9223372036854775807)",
    'timestamp() takes an ISO date and time such as "2030-01-31T09:00:00Z".',
  ],
  ["duration(input.text)", 'duration() takes a length of time such as "1h30m".'],
])("evaluated, %s: %s", (expression, message) => {
  const scope = buildScope({ list: [1, 2, 3], none: [], text: "1.234,50" }, {});
  expect(evaluateExpression(expression, scope)).toMatchObject({ ok: false, problem: { message } });
});
