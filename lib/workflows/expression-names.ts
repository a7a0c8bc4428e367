/** The names of types: in an expression they are the types, whatever a node is called, as in `type(x) == string`. */
const TYPES: ReadonlySet<string> = new Set([
  "int",
  "uint",
  "double",
  "bool",
  "string",
  "bytes",
  "list",
  "map",
  "type",
  "null_type",
]);

/** What else cannot begin a name in an expression or a template: words of the languages, and what the library keeps. */
const WORDS: ReadonlySet<string> = new Set([
  "optional",
  "google",
  "as",
  "break",
  "const",
  "continue",
  "else",
  "for",
  "function",
  "if",
  "import",
  "let",
  "loop",
  "package",
  "namespace",
  "return",
  "var",
  "void",
  "while",
  "and",
  "or",
  "not",
  "contains",
]);

/** What cannot stand after a dot in an expression, where any other key can. */
const AFTER_NO_DOT: ReadonlySet<string> = new Set(["in", "true", "false", "null"]);

/** Whether a path is a type and no value of a run. */
export function isType(path: readonly string[]): boolean {
  return path.length === 1 && TYPES.has(path[0] ?? "");
}

/** Whether an expression that begins with an id means something else than the node, though it can be read. */
export function meansOther(id: string): boolean {
  return TYPES.has(id) || id === "optional" || id === "google";
}

/** The output of a node, as both languages can read it. A hyphen would be a subtraction. */
export function writtenNode(id: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(id) && !TYPES.has(id) && !WORDS.has(id) ? id : `nodes["${id}"]`;
}

/** A key of a value, as both languages can read it. */
export function writtenKey(key: string): string {
  return AFTER_NO_DOT.has(key) ? `["${key}"]` : `.${key}`;
}
