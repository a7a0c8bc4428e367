import type { ASTNode } from "@marcbachmann/cel-js";

/** Functions and methods an expression may call. `matches` is out: a pattern can take exponential time. */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  "size",
  "int",
  "double",
  "string",
  "bool",
  "has",
  "dyn",
  "timestamp",
  "duration",
  "type",
]);
export const METHODS: ReadonlySet<string> = new Set([
  "size",
  "contains",
  "startsWith",
  "endsWith",
  "lowerAscii",
  "upperAscii",
  "trim",
  "substring",
  "indexOf",
  "lastIndexOf",
  "split",
  "getFullYear",
  "getMonth",
  "getDate",
  "getDayOfWeek",
  "getHours",
  "getMinutes",
]);
/** Methods that look for one text in another. */
const SEARCHES: ReadonlySet<string> = new Set(["contains", "indexOf", "lastIndexOf", "split"]);
/** Methods that run an expression for each item of a list. */
export const LOOPS: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%"]);

export type Refusal = { readonly message: string; readonly start: number; readonly end: number };

/** The first thing in an expression that we do not allow, or null. */
export function refuse(node: ASTNode): Refusal | null {
  const at = { start: node.start, end: node.end };
  if (node.op === "call" && !FUNCTIONS.has(node.args[0]))
    return { message: `There is no function ${node.args[0]}().`, ...at };
  if (node.op === "rcall" && !METHODS.has(node.args[0]) && !LOOPS.has(node.args[0])) {
    return { message: `There is no method .${node.args[0]}().`, ...at };
  }
  for (const child of childrenOf(node)) {
    const refusal = refuse(child);
    if (refusal) return refusal;
  }
  return null;
}

export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case "value":
    case "id":
      return [];
    case ".":
    case ".?":
      return [node.args[0]];
    case "call":
      return node.args[1];
    case "rcall":
      return [node.args[1], ...node.args[2]];
    case "map":
      return node.args.flat();
    case "!_":
    case "-_":
      return [node.args];
    default:
      return node.args;
  }
}

/** Which piece of the guarded text stands for which piece of the text a person wrote. */
type Span = { readonly from: number; readonly to: number; readonly start: number; readonly end: number };

export type Guarded = {
  readonly text: string;
  /** Where in the person's text a position of the guarded text comes from. */
  locate(position: number): { start: number; end: number };
};

/**
 * Writes an expression again with every loop's list wrapped in `__range(…)`, its body in `__step(…)` and everything
 * that can make text or lists longer, or a number that is none, in `__made(…)`. The library limits the size of an
 * expression but not what it computes, and nested loops over data, or doubling by chained maps, have no other bound.
 * The list is charged before the loop because `all` and `exists` go on after an error in their body. A text that is
 * searched and what is looked for in it stand in `__search(…, n)`, n for the two of one search; what `duration` reads
 * stands in `__brief(…)`, since the library's pattern for it takes hours over a long text, and what `timestamp` reads in
 * `__moment(…)`.
 */
export function guard(ast: ASTNode): Guarded {
  const spans: Span[] = [];
  let text = "";
  function write(node: ASTNode): void {
    const from = text.length;
    for (const part of partsOf(node, from)) {
      if (typeof part === "string") text += part;
      else write(part);
    }
    spans.push({ from, to: text.length, start: node.start, end: node.end });
  }
  write(ast);
  return { text, locate: (position) => innermost(spans, position) ?? { start: ast.start, end: ast.end } };
}

type Parts = readonly (string | ASTNode)[];

/** @param place where the node's text begins: no other node of its kind begins there */
function partsOf(node: ASTNode, place: number): Parts {
  switch (node.op) {
    case "value":
      return [literal(node.args)];
    case "id":
      return [node.args];
    case ".":
    case ".?":
      return [node.args[0], `.${node.args[1]}`];
    case "[]":
    case "[?]":
      return [node.args[0], "[", node.args[1], "]"];
    case "call":
      return callParts(node.args[0], node.args[1]);
    case "rcall":
      return LOOPS.has(node.args[0])
        ? loopParts(node.args[0], node.args[1], node.args[2])
        : methodParts(node.args, place);
    case "list":
      return ["[", ...separated(node.args), "]"];
    case "map":
      return [
        "{",
        ...node.args.flatMap(([key, value], index) => [index > 0 ? ", " : "", key, ": ", value]),
        "}",
      ];
    case "!_":
    case "-_":
      return [`${node.op[0]}(`, node.args, ")"];
    case "?:":
      return ["(", node.args[0], " ? ", node.args[1], " : ", node.args[2], ")"];
    default:
      return [ARITHMETIC.has(node.op) ? "__made(" : "(", node.args[0], ` ${node.op} `, node.args[1], ")"];
  }
}

/** Functions of which is checked what they are given. */
const CHECKED: Readonly<Record<string, string>> = { duration: "__brief", timestamp: "__moment" };

function callParts(name: string, args: readonly ASTNode[]): Parts {
  const check = CHECKED[name];
  if (check) return [`__made(${name}(${check}(`, ...separated(args), ")))"];
  // has() looks at the syntax of its argument, which a wrapper inside it would hide.
  const call: Parts = [`${name}(`, ...separated(args), ")"];
  return name === "has" ? call : ["__made(", ...call, ")"];
}

function methodParts(
  [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
  place: number,
): Parts {
  const [sought, ...more] = args;
  if (sought && SEARCHES.has(name)) {
    const rest = more.flatMap((arg) => [", ", arg]);
    return [
      "__made(__search(",
      receiver,
      `, ${place}).${name}(__search(`,
      sought,
      `, ${place})`,
      ...rest,
      "))",
    ];
  }
  return ["__made(", receiver, `.${name}(`, ...separated(args), "))"];
}

function loopParts(name: string, receiver: ASTNode, [variable, ...bodies]: readonly ASTNode[]): Parts {
  const item = variable?.op === "id" ? variable.args : "_";
  return [
    "__range(",
    receiver,
    `).${name}(${item}`,
    ...bodies.flatMap((body) => [", __step(", body, ")"]),
    ")",
  ];
}

function separated(nodes: readonly ASTNode[]): Parts {
  return nodes.flatMap((node, index) => (index > 0 ? [", ", node] : [node]));
}

function innermost(spans: readonly Span[], position: number): { start: number; end: number } | null {
  let best: Span | null = null;
  for (const span of spans) {
    if (position < span.from || position >= span.to) continue;
    if (!best || span.to - span.from < best.to - best.from) best = span;
  }
  return best && { start: best.start, end: best.end };
}

function literal(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return /^\d+$/.test(String(value)) ? `${value}.0` : String(value);
  if (value instanceof Uint8Array)
    return `b"${Array.from(value, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}"`;
  if (typeof value === "bigint" || typeof value === "boolean" || value === null) return String(value);
  return `${String(value)}u`;
}
