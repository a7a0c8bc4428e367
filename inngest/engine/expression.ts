import { Environment } from "@marcbachmann/cel-js";

type Context = { event: unknown; async?: unknown };
type Program = (context: Context) => unknown;

const environment = new Environment({ unlistedVariablesAreDyn: true });
const programs = new Map<string, Program>();

/** Compiles a CEL expression once; throws with CEL's own message when its syntax is wrong. */
export function compileExpression(source: string): Program {
  let program = programs.get(source);
  if (!program) {
    program = environment.parse(source) as Program;
    programs.set(source, program);
  }
  return program;
}

/** The value of an expression; undefined where it cannot be evaluated, as with a missing key. */
export function evaluate(source: string, context: Context): unknown {
  try {
    return compileExpression(source)(context);
  } catch {
    return undefined;
  }
}

/** Whether an expression holds; one that cannot be evaluated does not. No expression always holds. */
export function holds(source: string | null | undefined, context: Context): boolean {
  return !source || evaluate(source, context) === true;
}

const EQUAL_PATHS = /^\s*event\.([\w.]+)\s*==\s*async\.([\w.]+)\s*$/;

/** The paths of `event.X == async.Y`, the shape of `match`: such waits are found by index, not one by one. */
export function matchPaths(source: string | null): { own: string; incoming: string } | null {
  const [, own, incoming] = (source && EQUAL_PATHS.exec(source)) || [];
  return own && incoming ? { own, incoming } : null;
}

/** The value at a dotted path as comparable text; null when there is none. */
export function pathText(root: unknown, path: string): string | null {
  let value: unknown = root;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return value === undefined ? null : JSON.stringify(value);
}
