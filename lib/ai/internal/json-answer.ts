import type { JSONValue } from "@ai-sdk/provider";
import { extract, summarise, taskOf } from "./answer";
import type { Conversation } from "./conversation";
import { type JsonSchema, resolveSchema } from "./json-schema";
import { chooseLabel } from "./labels";
import { keySentences, rankSentences } from "./ranking";
import { sentences, words } from "./text";

type Context = {
  conversation: Conversation;
  root: JsonSchema;
  instruction: string;
  /** The text values are taken from. */
  text: string;
};

const MAX_DEPTH = 8;

/** A value that fits a JSON schema, filled from what the messages and passages say. */
export function answerInJson(schema: JsonSchema, conversation: Conversation): JSONValue {
  const { instruction, material } = taskOf(conversation);
  const passages = conversation.passages.map((passage) => passage.text).join("\n");
  const results = conversation.outcomes.map((outcome) => JSON.stringify(outcome.value)).join("\n");
  const text = [material, passages, results].filter((part) => part !== "").join("\n") || conversation.request;
  return fill(schema, "", { conversation, root: schema, instruction, text }, 0);
}

function fill(definition: JsonSchema | boolean, name: string, context: Context, depth: number): JSONValue {
  const schema = resolveSchema(definition, context.root);
  if (schema.const !== undefined) return asJson(schema.const);
  if (schema.enum) return fillEnum(schema, name, context);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) {
    const usable =
      alternatives.find((item) => resolveSchema(item, context.root).type !== "null") ?? alternatives[0];
    return usable === undefined ? null : fill(usable, name, context, depth + 1);
  }
  if (schema.allOf)
    return fill(
      Object.assign({}, ...schema.allOf.map((item) => resolveSchema(item, context.root))),
      name,
      context,
      depth,
    );
  const type = Array.isArray(schema.type)
    ? (schema.type.find((item) => item !== "null") ?? "null")
    : schema.type;
  switch (type) {
    case "object":
      return fillObject(schema, context, depth);
    case "array":
      return fillArray(schema, name, context, depth);
    case "boolean":
      return decide(name, schema.description, context);
    case "integer":
    case "number":
      return fillNumber(schema, name, context, type === "integer");
    case "null":
      return null;
    case "string":
      return fillString(schema, name, context);
    default:
      return schema.properties ? fillObject(schema, context, depth) : fillString(schema, name, context);
  }
}

function asJson(value: unknown): JSONValue {
  return JSON.parse(JSON.stringify(value ?? null)) as JSONValue;
}

function fillEnum(schema: JsonSchema, name: string, context: Context): JSONValue {
  const values = schema.enum ?? [];
  const labels = values.map((value) => String(value));
  const about = `${context.instruction}\n${name}: ${schema.description ?? ""}`;
  const { label } = chooseLabel(labels, context.text, about);
  return asJson(values[labels.indexOf(label)] ?? values[0]);
}

function fillObject(schema: JsonSchema, context: Context, depth: number): JSONValue {
  const required = new Set(schema.required ?? []);
  const entries = Object.entries(schema.properties ?? {}).filter(
    ([name]) => depth < MAX_DEPTH || required.has(name),
  );
  if (depth > MAX_DEPTH * 2) return {};
  return Object.fromEntries(
    entries.map(([name, property]) => [name, fill(property, name, context, depth + 1)]),
  );
}

function fillArray(schema: JsonSchema, name: string, context: Context, depth: number): JSONValue {
  const item = Array.isArray(schema.items) ? schema.items[0] : schema.items;
  const least = schema.minItems ?? 0;
  const most = Math.min(schema.maxItems ?? 3, 10);
  if (item === undefined || most === 0) return [];
  const shape = resolveSchema(item, context.root);
  const count = Math.max(least, Math.min(most, 3));
  if (shape.type === "string" && !shape.enum) {
    const found = listOf(name, context, Math.max(least, most)).map((text) => bound(text, shape));
    while (found.length < least) found.push(fillString(shape, name, context));
    return found;
  }
  if (shape.type === "object" || shape.properties) {
    const pieces = keySentences([{ text: context.text }], count);
    const items = pieces.map((piece) => fill(shape, name, { ...context, text: piece.text }, depth + 1));
    while (items.length < least) items.push(fill(shape, name, context, depth + 1));
    return items;
  }
  return Array.from({ length: Math.max(least, 1) }, () => fill(shape, name, context, depth + 1));
}

function listOf(name: string, context: Context, count: number): string[] {
  if (/tag|keyword|topic|entit/i.test(name)) return keywords(context.text, count);
  return keySentences([{ text: context.text }], count).map((sentence) => sentence.text);
}

function keywords(text: string, count: number): string[] {
  const frequency = new Map<string, number>();
  for (const word of words(text)) if (word.length > 3) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const ordered = [...frequency].sort((a, b) => b[1] * b[0].length - a[1] * a[0].length);
  return ordered.slice(0, count).map(([word]) => word);
}

/** Yes when the text holds what the property is about and does not deny it. */
function decide(name: string, description: string | undefined, context: Context): boolean {
  const topic = `${spaced(name)} ${description ?? ""}`;
  const { label } = chooseLabel(["yes", "no"], context.text, `yes: ${topic}\nno: not ${topic}`);
  const best = rankSentences(topic, [{ text: context.text }])[0];
  if (!best || best.coverage < 0.25) return label === "yes" && best !== undefined && best.coverage > 0;
  return !/\b(no|not|never|none|cannot|without)\b|n['’]t\b/i.test(best.text);
}

function fillNumber(schema: JsonSchema, name: string, context: Context, isWhole: boolean): number {
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  const found = numberFor(name, schema.description, context);
  let value = found ?? (low !== undefined && high !== undefined ? (low + high) / 2 : (low ?? 0));
  if (found !== null && /confidence|probability|score/i.test(name) && high === 1 && found > 1) value = 0.5;
  value = Math.min(Math.max(value, low ?? value), high ?? value);
  return isWhole ? Math.round(value) : value;
}

function numberFor(name: string, description: string | undefined, context: Context): number | null {
  const topic = `${spaced(name)} ${description ?? ""}`;
  const ranked = rankSentences(topic, [{ text: context.text }]);
  for (const { text } of ranked) {
    const match = /-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?/.exec(text);
    if (match) return Number(match[0].replaceAll(",", ""));
  }
  return null;
}

const FORMATS: readonly (readonly [name: RegExp, pattern: RegExp])[] = [
  [/e-?mail/i, /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/],
  [/url|link|website/i, /https?:\/\/[^\s"')<>]+/],
  [
    /date|deadline|due|when/i,
    /\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\.? \d{1,2}(?:, \d{4})?/,
  ],
  [/phone|telephone/i, /\+?\d[\d\s().-]{6,}\d/],
  [/order|invoice|ticket|reference|number|code|(^|_)id$/i, /#?\b(?=[\w-]*\d)[A-Z0-9][A-Z0-9-]{2,}\b/],
  [
    /amount|price|cost|total/i,
    /[$€£]\s?\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d+)?\s?(?:USD|EUR|GBP|dollars|euros)/,
  ],
  [/name|customer|person|author|company/i, /\b\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)+/u],
];

function fillString(schema: JsonSchema, name: string, context: Context): string {
  const kind = `${name} ${schema.format ?? ""}`;
  for (const [wanted, pattern] of FORMATS) {
    if (!wanted.test(kind)) continue;
    const found = pattern.exec(context.text)?.[0];
    if (found) return bound(found.trim(), schema);
  }
  if (/summary|gist|overview|tl_?dr/i.test(name))
    return bound(summarise(context.conversation, context.text), schema);
  if (/title|subject|headline/i.test(name)) return bound(headline(context.text), schema);
  if (name === "" || /answer|reply|response|result|text|explanation|reason/i.test(name)) {
    const ranked = rankSentences(`${name} ${schema.description ?? ""} ${context.conversation.request}`, [
      { text: context.text },
    ]);
    const reason = /reason|explanation/i.test(name) ? ranked[0]?.text : undefined;
    return bound(reason ?? extract(context.conversation), schema);
  }
  const best = rankSentences(`${spaced(name)} ${schema.description ?? ""}`, [{ text: context.text }])[0];
  return bound(best && best.coverage > 0 ? best.text : headline(context.text), schema);
}

function headline(text: string): string {
  const [first = ""] = sentences(text);
  return first.length > 90 ? `${first.slice(0, first.lastIndexOf(" ", 89))}…` : first;
}

/** `totalPrice` and `total_price` read as words. */
function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/[_-]+/g, " ");
}

function bound(text: string, schema: JsonSchema): string {
  const cut = schema.maxLength === undefined ? text : text.slice(0, schema.maxLength);
  return cut.length < (schema.minLength ?? 0) ? cut.padEnd(schema.minLength ?? 0, ".") : cut;
}
