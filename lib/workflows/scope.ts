import { isRecord } from "./kind";

/** Names that may not be node ids, because templates and expressions use them for something else. */
export const RESERVED_IDS: ReadonlySet<string> = new Set([
  "nodes",
  "item",
  "index",
  "round",
  "last",
  "true",
  "false",
  "null",
  "nil",
  "empty",
  "blank",
  "in",
  "size",
  "has",
  "forloop",
  "tablerowloop",
  "cel",
  "dyn",
  "prototype",
  "__proto__",
  "constructor",
]);

/** What a template or an expression can see. */
export type ValueScope = Readonly<Record<string, unknown>>;

/**
 * The names a node's templates and expressions see: `input.*`, `nodes.<id>.*`, `<id>.*` for short, and inside a
 * container its `locals` (`item` and `index`, or `round` and `last`). Outputs of skipped nodes are null. The result and
 * everything in it has no prototype, so no name leads outside the data.
 */
export function buildScope(
  input: unknown,
  outputs: Readonly<Record<string, unknown>>,
  locals: Readonly<Record<string, unknown>> = {},
): ValueScope {
  const nodes = isolate(outputs) as Record<string, unknown>;
  const scope: Record<string, unknown> = Object.create(null);
  for (const [id, output] of Object.entries(nodes)) if (!RESERVED_IDS.has(id)) scope[id] = output;
  for (const [name, value] of Object.entries(locals)) scope[name] = isolate(value);
  scope.nodes = nodes;
  scope.input = isolate(input);
  return scope;
}

/** A copy of JSON data on objects without prototypes. */
function isolate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(isolate);
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    if (key !== "__proto__") copy[key] = isolate(item);
  }
  return copy;
}
