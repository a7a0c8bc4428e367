import { EvaluationError } from "@marcbachmann/cel-js";

/** The signs of the language by the names that its parser has for them. */
const SIGNS: Readonly<Record<string, string>> = {
  PLUS: "+",
  MINUS: "-",
  MULTIPLY: "*",
  DIVIDE: "/",
  MODULO: "%",
  EQ: "==",
  NE: "!=",
  LT: "<",
  LE: "<=",
  GT: ">",
  GE: ">=",
  AND: "&&",
  OR: "||",
  NOT: "!",
  IN: "in",
  LPAREN: "(",
  RPAREN: ")",
  LBRACKET: "[",
  RBRACKET: "]",
  LBRACE: "{",
  RBRACE: "}",
  DOT: ".",
  COMMA: ",",
  COLON: ":",
  QUESTION: "?",
};

/** What other languages write, and what it is here. */
const MEANT: Readonly<Record<string, string>> = {
  "=": "Equal is written ==.",
  "&": "And is written &&.",
  "|": "Or is written ||.",
  and: "And is written &&.",
  or: "Or is written ||.",
  not: "Not is written !.",
};

/** What is too large or too deep for the parser, by the names that it has for its limits. */
const PAST_LIMIT: Readonly<Record<string, (most: string) => string>> = {
  maxAstNodes: (most) => `The expression has more than ${most} parts.`,
  maxDepth: (most) => `The expression is nested deeper than ${most} levels.`,
  maxListElements: (most) => `This list has more than ${most} items.`,
  maxMapEntries: (most) => `This object has more than ${most} fields.`,
  maxCallArguments: (most) => `A call takes at most ${most} values.`,
};

/** Whether an evaluation failed at a field or an item of a list that is not there. */
export function isOfAbsent(error: unknown): boolean {
  return error instanceof EvaluationError && error.summary.startsWith("No such key: ");
}

/** What functions take that make a value of another, by how the library begins to say that they were given something else. */
const TAKES: readonly (readonly [RegExp, string])[] = [
  [/^int\(\) type error/, 'int() takes a number, or the text of a whole one such as "42".'],
  [/^double\(\) type error/, 'double() takes a number, or the text of one such as "1.5".'],
  [/^bool\(\) conversion error/, "bool() takes true or false, or the text of it."],
  [/^timestamp\(\) requires/, 'timestamp() takes an ISO date and time such as "2030-01-31T09:00:00Z".'],
  [/^Invalid duration string/, 'duration() takes a length of time such as "1h30m".'],
];

/** What the parser or an evaluation says is wrong, for a person. @param start where in the expression it is */
export function plainProblem(summary: string, expression: string, start: number): string {
  const missing = /^Expected (\w+), got (\w+)$/.exec(summary);
  if (missing) return missingText(missing[1] ?? "", missing[2] === "EOF");
  if (summary === "Unexpected token: EOF") return "Something is missing at the end.";
  if (/^Unexpected (token|character): /.test(summary)) return outOfPlace(expression, start);
  if (/^Unterminated /.test(summary)) return "A text is not closed: its quotation mark is missing.";
  if (summary.startsWith("Newlines not allowed")) return "A text in quotation marks stays on one line.";
  if (/^(division|modulo) by zero$/.test(summary)) return "This divides by zero.";
  if (summary.startsWith("Invalid number: ")) return "This is not a number, or it is too large.";
  if (/integer overflow/i.test(summary)) return "This number is too large, or too far below zero.";
  const [, takes] = TAKES.find(([begins]) => begins.test(summary)) ?? [];
  if (takes) return takes;
  const place = /^No such key: index out of bounds, index (-?\d+) (< 0|>= size \w+)$/.exec(summary);
  if (place) return outOfList(place[1] ?? "", place[2] ?? "");
  const reserved = /^Reserved identifier: (\w+)$/.exec(summary);
  if (reserved) return `“${reserved[1]}” is a word of the language and cannot be a name.`;
  const limit = /^Exceeded (\w+) \((\d+)\)$/.exec(summary);
  const pastLimit = PAST_LIMIT[limit?.[1] ?? ""]?.(limit?.[2] ?? "");
  if (pastLimit) return pastLimit;
  const message = summary
    .replace(/^no such overload: (.*)$/i, "These types do not go together: $1")
    .replace(/^No such key: /, "There is no field ")
    .replaceAll(/dyn<(\w+)>/g, "$1");
  return message.endsWith(".") ? message : `${message}.`;
}

/** @param bound what the library says that the place is past: of an empty list it does not know the size */
function outOfList(place: string, bound: string): string {
  const size = Number(bound.split(" ").at(-1));
  if (bound === "< 0") return `There is no item ${place}: the first one is 0.`;
  return `There is no item ${place}: ${size > 0 ? `counted from 0, the last one is ${size - 1}` : "the list is empty"}.`;
}

function missingText(token: string, isAtEnd: boolean): string {
  const what = SIGNS[token] ? `“${SIGNS[token]}”` : "name";
  return `A ${what} is missing ${isAtEnd ? "at the end" : "here"}.`;
}

/** Names what stands there, and what may have been meant: the parser looks ahead into a word that follows another. */
function outOfPlace(expression: string, start: number): string {
  const before = /[\w$]*$/.exec(expression.slice(0, start))?.[0] ?? "";
  const isWord = /[\w$]/.test(expression[start] ?? "");
  const [after = ""] = /^(?:[\w$]+|&&|\|\||[!<>=]=|.)/u.exec(expression.slice(start)) ?? [];
  const found = isWord ? `${before}${after}` : after;
  const previous = /(\w+)\s+$/.exec(expression.slice(0, start - (isWord ? before.length : 0)))?.[1] ?? "";
  const hint = MEANT[found] ?? MEANT[previous];
  return `“${found}” does not belong here.${hint ? ` ${hint}` : ""}`;
}
