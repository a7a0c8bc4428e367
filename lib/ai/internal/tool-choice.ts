import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import { questionOf } from "./answer";
import type { Conversation } from "./conversation";
import { answerInJson } from "./json-answer";
import type { JsonSchema } from "./json-schema";
import { terms, words } from "./text";

export type ChosenTool = { name: string; input: Record<string, unknown> };

const GREETING = /^\s*(hi|hello|hey|thanks?|thank you|good (morning|afternoon|evening)|ok(ay)?|bye)\b/i;
const ARITHMETIC =
  /(?:\(\s*)*-?\d[\d.,]*%?(?:\s*\))*(?:\s*(?:\*\*|[-+*/×÷^%])\s*(?:\(\s*)*-?\d[\d.,]*%?(?:\s*\))*)+/;
const WORDED =
  /(-?\d[\d.,]*)\s*(plus|minus|times|multiplied by|divided by|over|to the power of)\s*(-?\d[\d.,]*)/i;
const PERCENT_OF = /(-?\d[\d.,]*)\s*(?:%|percent)\s+of\s+(-?\d[\d.,]*)/i;
const MAX_SUM_CHARS = 1_000;
const OPERATORS: Record<string, string> = {
  plus: "+",
  minus: "-",
  times: "*",
  "multiplied by": "*",
  "divided by": "/",
  over: "/",
  "to the power of": "^",
};
const ASKS_DATE =
  /\b(today|current (date|time|day|year)|what (day|date|time|year) is it|what('s| is) the (date|time|day)|day of the week)\b/i;

/** The tool the newest message clearly asks for, and what to give it; null when it can be answered without. */
export function chooseTool(
  conversation: Conversation,
  options: LanguageModelV4CallOptions,
): ChosenTool | null {
  const { toolChoice } = options;
  if (toolChoice?.type === "none") return null;
  const tools = (options.tools ?? []).filter((tool) => tool.type === "function");
  const forced = tools.find((tool) => toolChoice?.type === "tool" && tool.name === toolChoice.toolName);
  const used = new Set(conversation.outcomes.map((outcome) => outcome.name));
  if (forced)
    return used.has(forced.name) ? null : { name: forced.name, input: argumentsFor(forced, conversation) };
  const open = tools.filter((tool) => !used.has(tool.name));
  for (const tool of open) {
    const input = clearlyAsked(tool, conversation);
    if (input) return { name: tool.name, input };
  }
  const search = open.find(isSearch);
  if (search && conversation.outcomes.length === 0 && isWorthSearching(conversation)) {
    return { name: search.name, input: argumentsFor(search, conversation) };
  }
  const [first] = open;
  return toolChoice?.type === "required" && used.size === 0 && first
    ? { name: first.name, input: argumentsFor(first, conversation) }
    : null;
}

function isSearch(tool: LanguageModelV4FunctionTool): boolean {
  return (
    /search|knowledge|retriev/i.test(tool.name) &&
    propertiesOf(tool).some(([name]) => /query|question|search/i.test(name))
  );
}

function isWorthSearching({ request, passages }: Conversation): boolean {
  return passages.length === 0 && !GREETING.test(request) && terms(request).length > 0;
}

function propertiesOf(tool: LanguageModelV4FunctionTool): [string, JsonSchema][] {
  const schema: JsonSchema = tool.inputSchema;
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    typeof property === "boolean" ? [] : [[name, property] as [string, JsonSchema]],
  );
}

function clearlyAsked(
  tool: LanguageModelV4FunctionTool,
  conversation: Conversation,
): Record<string, unknown> | null {
  const { request } = conversation;
  const names = propertiesOf(tool).map(([name]) => name);
  if (names.includes("expression")) {
    const expression = expressionIn(request);
    return expression ? { expression } : null;
  }
  if (names.includes("url")) {
    const url = /https?:\/\/[^\s"'<>)\]]+/i.exec(request)?.[0]?.replace(/[.,;:!?]+$/, "");
    return url ? { url } : null;
  }
  if (/date|time|clock|now/i.test(tool.name))
    return ASKS_DATE.test(request) ? argumentsFor(tool, conversation) : null;
  if (isSearch(tool)) return null;
  return isNamed(tool, request) ? argumentsFor(tool, conversation) : null;
}

/** The message uses every word of the tool's name: "get the weather" for `get_weather`. */
function isNamed(tool: LanguageModelV4FunctionTool, request: string): boolean {
  const spoken = new Set(terms(request));
  const named = terms(tool.name.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/[_-]+/g, " "));
  const verbs = new Set([
    "get",
    "fetch",
    "run",
    "call",
    "lookup",
    "look",
    "check",
    "read",
    "list",
    "creat",
    "send",
  ]);
  const nouns = named.filter((word) => !verbs.has(word));
  return nouns.length > 0 && nouns.every((word) => spoken.has(word));
}

export function expressionIn(whole: string): string | null {
  const request = whole.slice(0, MAX_SUM_CHARS);
  const percent = PERCENT_OF.exec(request);
  if (percent) return `${plain(percent[1])} / 100 * ${plain(percent[2])}`;
  const worded = WORDED.exec(request);
  if (worded) return `${plain(worded[1])} ${OPERATORS[(worded[2] ?? "").toLowerCase()]} ${plain(worded[3])}`;
  const found = ARITHMETIC.exec(request)?.[0];
  // 2024-05-01 is a date and 555-1234 is not a sum.
  if (!found || /^\d{4}-\d{1,2}-\d{1,2}/.test(found.trim()) || /\d-\d{3,}/.test(found)) return null;
  return balanced(plain(found).replaceAll("×", "*").replaceAll("÷", "/").replaceAll("**", "^"));
}

function plain(text: string | undefined): string {
  return (text ?? "")
    .replaceAll(",", "")
    .replace(/[.\s]+$/, "")
    .trim();
}

function balanced(expression: string): string {
  const opened = expression.split("(").length;
  const closed = expression.split(")").length;
  return expression + ")".repeat(Math.max(0, opened - closed));
}

function argumentsFor(
  tool: LanguageModelV4FunctionTool,
  conversation: Conversation,
): Record<string, unknown> {
  const required = new Set((tool.inputSchema as JsonSchema).required ?? []);
  const asked = { ...conversation, request: questionOf(conversation.request) };
  const entries = propertiesOf(tool).flatMap(([name, schema]) => {
    if (/query|question|search|prompt|input|text|message/i.test(name) && schema.type === "string")
      return [[name, asked.request]];
    if (!required.has(name)) return [];
    const place = /\b(?:in|for|at|of|to)\s+(\p{Lu}[\p{L}-]+(?:\s\p{Lu}[\p{L}-]+)*)/u.exec(asked.request)?.[1];
    if (schema.type === "string" && !schema.enum && place && words(name).length === 1) return [[name, place]];
    const filled = answerInJson({ type: "object", properties: { [name]: schema }, required: [name] }, asked);
    return Object.entries(filled ?? {});
  });
  return Object.fromEntries(entries);
}
