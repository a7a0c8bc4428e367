import type { z } from "zod";

const WANTED: Readonly<Record<string, string>> = {
  int: "Give a whole number.",
  number: "Give a number.",
  string: "Give a text.",
  boolean: "Give true or false.",
  array: "Give a list.",
  object: "Give an object.",
  record: "Give an object.",
};
const FORMATS: Readonly<Record<string, string>> = {
  uuid: "This is not an id.",
  datetime: "Give a time such as 2026-03-01T09:00:00Z.",
  date: "Give a day such as 2026-03-01.",
  email: "Give an e-mail address.",
  url: "Give a whole address such as https://example.com.",
};
const OTHER = "This is not written as it has to be.";

/** What is wrong with a value, for a person, where its schema does not say it itself: an `error` for zod. */
export function plainProblem(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined || issue.input === null
        ? "Fill this in."
        : (WANTED[issue.expected] ?? OTHER);
    case "invalid_value":
      return issue.input === undefined ? "Choose one." : `Choose one of: ${issue.values.join(", ")}.`;
    case "invalid_format":
      return FORMATS[issue.format] ?? OTHER;
    case "too_small":
      return amount(issue.origin, `At least ${issue.minimum.toLocaleString("en-US")}`);
    case "too_big":
      return amount(issue.origin, `At most ${issue.maximum.toLocaleString("en-US")}`);
    case "invalid_key":
      return issue.issues[0]?.code === "too_big" ? "This name is too long." : OTHER;
    case "unrecognized_keys":
      return `There is no field ${issue.keys.map((key) => `“${key}”`).join(", ")} here.`;
    default:
      return OTHER;
  }
}

function amount(origin: string, bound: string): string {
  return origin === "string" ? `${bound} characters.` : `${bound}.`;
}
