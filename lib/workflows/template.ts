import {
  type Context,
  Drop,
  defaultOperators,
  type FilterImplOptions,
  Liquid,
  type Template,
} from "liquidjs";
import { isNoNumber, NO_NUMBER } from "./no-number";
import type { ValueScope } from "./scope";
import { isSearchable, SOUGHT_TOO_LONG } from "./search-bound";
import { findLeftover } from "./template-leftovers";
import { plainTemplateProblem, TOO_MUCH_TEXT } from "./template-problems";

/**
 * Text templates are Liquid: people who write prompts know it, it has no way to run code, and its grammar is
 * separate from JavaScript's, so a template can only name data. Values that are decided or computed are CEL
 * (`condition.ts`), which has types and stops by construction; Liquid is for text.
 *
 * The engine has no files, no partials, no clock but "now" of the filter date, sees own properties only, and stops at
 * limits of size, time and memory.
 */
export const MAX_OUTPUT_CHARS = 1_000_000;
const PARSE_LIMIT = 20_000;
export const RENDER_MS = 500;
const MEMORY_UNITS = 10_000_000;

/** A place in a text, for an editor to point at: offsets in UTF-16 units. */
export type TextProblem = {
  readonly message: string;
  readonly start: number;
  readonly end: number;
  /** It renders all the same, without a part of what it says. */
  readonly rendersAnyway?: true;
};

/** A variable a text refers to, as a path: `nodes.a.text` is `["nodes", "a", "text"]`. */
export type Reference = { readonly path: readonly string[]; readonly start: number; readonly end: number };

export type TemplateResult = { ok: true; text: string } | { ok: false; problem: TextProblem };

const REMOVED_TAGS = [
  "include",
  "render",
  "layout",
  "block",
  "capture",
  "increment",
  "decrement",
  "tablerow",
];
/** Filters that parse expressions at render time, leave determinism, or multiply memory without being charged. */
const REMOVED_FILTERS = [
  "where_exp",
  "reject_exp",
  "group_by_exp",
  "has_exp",
  "find_exp",
  "find_index_exp",
  "sample",
  "hmac_sha256",
  "inspect",
];

/** Filters that can give Infinity or NaN. */
const ARITHMETIC_FILTERS = ["plus", "minus", "times", "divided_by", "modulo", "sum"];

/** Filters of the library that look for one text in another. */
const SEARCHING_FILTERS = ["split", "replace_first", "replace_last", "remove_first", "remove_last"];

const engine = createEngine();

function createEngine(): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    // An empty in-memory set of templates replaces the file system altogether.
    templates: {},
    cache: false,
    dynamicPartials: false,
    relativeReference: false,
    timezoneOffset: 0,
    locale: "en-US",
    parseLimit: PARSE_LIMIT,
    renderLimit: RENDER_MS,
    memoryLimit: MEMORY_UNITS,
    operators: { ...defaultOperators, contains },
    outputEscape: written,
  });
  for (const tag of REMOVED_TAGS) delete liquid.tags[tag];
  for (const filter of REMOVED_FILTERS) liquid.unregisterFilter(filter);
  for (const filter of ARITHMETIC_FILTERS) liquid.registerFilter(filter, finite(liquid.filters[filter]));
  for (const filter of SEARCHING_FILTERS) liquid.registerFilter(filter, searching(liquid.filters[filter]));
  liquid.registerFilter("replace", (text: unknown, from: unknown, to: unknown) => replaceAll(text, from, to));
  liquid.registerFilter("remove", (text: unknown, from: unknown) => replaceAll(text, from, ""));
  liquid.registerFilter("join", (list: unknown, separator: unknown) => joinAll(list, separator));
  return liquid;
}

/** What templates have: `language-words` describes each. */
export const FILTER_NAMES: readonly string[] = Object.keys(engine.filters);
export const TAG_NAMES: readonly string[] = Object.keys(engine.tags);

/** Renders a template. Never throws: a problem says what and where. Names that are not in the scope are empty. */
export function renderTemplate(template: string, scope: ValueScope): TemplateResult {
  try {
    const text = String(engine.renderSync(parse(template), scope));
    if (text.length > MAX_OUTPUT_CHARS)
      return { ok: false, problem: whole(template, "The text is longer than 1,000,000 characters.") };
    return { ok: true, text };
  } catch (error) {
    return { ok: false, problem: toProblem(template, error) };
  }
}

/** What is wrong with a template before it runs, or null. */
export function checkTemplate(template: string): TextProblem | null {
  try {
    parse(template);
    const leftover = findLeftover(engine, template);
    return leftover && { ...leftover, rendersAnyway: true };
  } catch (error) {
    return toProblem(template, error);
  }
}

/** The variables a template takes from outside itself; empty when it does not parse. */
export function templateReferences(template: string): readonly Reference[] {
  try {
    const { globals } = engine.analyzeSync(parse(template), { partials: false });
    const lines = lineStarts(template);
    return Object.values(globals)
      .flat()
      .map((variable) => {
        const path = literalPath(variable.segments);
        const start = (lines[variable.location.row - 1] ?? 0) + variable.location.col - 1;
        return { path, start, end: Math.min(template.length, start + variable.toString().length) };
      });
  } catch {
    return [];
  }
}

function parse(template: string): Template[] {
  return engine.parse(template);
}

/** The leading part of a path that is written out; `a[b].c` is known as far as `a`. */
function literalPath(segments: readonly unknown[]): readonly string[] {
  const path: string[] = [];
  for (const segment of segments) {
    if (typeof segment !== "string" && typeof segment !== "number") break;
    path.push(String(segment));
  }
  return path;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let index = text.indexOf("\n"); index !== -1; index = text.indexOf("\n", index + 1))
    starts.push(index + 1);
  return starts;
}

function whole(template: string, message: string): TextProblem {
  return { message, start: 0, end: template.length };
}

function toProblem(template: string, error: unknown): TextProblem {
  if (!(error instanceof Error)) return whole(template, "The template cannot be used.");
  if (error instanceof RangeError) return whole(template, TOO_MUCH_TEXT);
  const token: unknown = Reflect.get(error, "token");
  const start = offset(token, "begin") ?? 0;
  const end = offset(token, "end") ?? template.length;
  const message = error.message.replace(/, line:\d+, col:\d+$/, "").replace(/, file:.*$/s, "");
  return { message: plainTemplateProblem(message), start, end };
}

function offset(token: unknown, key: "begin" | "end"): number | null {
  const value = typeof token === "object" && token !== null ? Reflect.get(token, key) : null;
  return typeof value === "number" ? value : null;
}

/** A filter that fails where it gives no number. Those of the library may be generators, which it runs itself. */
function finite(filter: FilterImplOptions | undefined): FilterImplOptions {
  const compute = typeof filter === "function" ? filter : filter?.handler;
  return function* (value, ...args): Generator<unknown, unknown, unknown> {
    const result = yield compute?.call(this, value, ...args);
    if (isNoNumber(result)) throw new Error(NO_NUMBER);
    return result;
  };
}

/** A filter that does not begin to look for what is too long. */
function searching(filter: FilterImplOptions | undefined): FilterImplOptions {
  const compute = typeof filter === "function" ? filter : filter?.handler;
  return function (value, ...args): unknown {
    assertSearchable(value, args[0]);
    return compute?.call(this, value, ...args);
  };
}

/** The library's operator, which does not begin to look for what is too long. */
function* contains(text: unknown, sought: unknown, context: Context): Generator<unknown, boolean> {
  if (!Array.isArray(text)) assertSearchable(text, sought);
  return Boolean(yield defaultOperators.contains?.(text, sought, context));
}

function assertSearchable(text: unknown, sought: unknown): void {
  if (!isSearchable(asText(text).length, asText(sought).length)) throw new Error(SOUGHT_TOO_LONG);
}

function replaceAll(text: unknown, from: unknown, to: unknown): string {
  assertSearchable(text, from);
  const parts = asText(text).split(asText(from));
  return joinBounded(parts, asText(to));
}

function joinAll(list: unknown, separator: unknown): string {
  if (!Array.isArray(list)) return asText(list);
  return joinBounded(list.map(asText), separator === undefined ? " " : asText(separator));
}

/** Adds up before it builds: a short separator between many long parts is how a template would fill the memory. */
function joinBounded(parts: readonly string[], separator: string): string {
  const length =
    parts.reduce((sum, part) => sum + part.length, 0) + separator.length * Math.max(0, parts.length - 1);
  if (length > MAX_OUTPUT_CHARS) throw new RangeError("too long");
  return parts.join(separator);
}

/** Data as it stands in a text: what has parts, which Liquid does not write, as JSON. */
function written(value: unknown): string {
  const data: unknown = value instanceof Drop ? value.valueOf() : value;
  const isList = Array.isArray(data) && data.every((item) => typeof item !== "object" || item === null);
  return isList ? data.map(asText).join("") : asText(data);
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
