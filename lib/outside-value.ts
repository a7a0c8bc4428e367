const MOST_LEVELS = 64;
/** In characters; a value of any kind counts as a few. A request holds at most four megabytes. */
const MOST_WORK = 8_000_000;
const VALUE_WORK = 8;

const UNSAFE = "The text contains characters that cannot be stored.";
const NO_NAME = "Nothing can be named “__proto__”.";
const TOO_MUCH = "This is too large, or nested too deeply.";

/** Whether a text holds U+0000 or half of a surrogate pair: PostgreSQL refuses the one and mangles the other. */
export function isUnsafeText(text: string): boolean {
  return text.includes("\u0000") || !text.isWellFormed();
}

/** What keeps a value from being taken, and where in it that stands; nowhere when it is the whole. */
export type OutsideProblem = { readonly sentence: string; readonly path: readonly string[] };

/**
 * What keeps a value from outside from being taken, or null. What a server action is sent may name one part in many places,
 * or in itself: a few lines of it unfold without end. It is looked at only as far as anything may reach.
 */
export function outsideProblem(given: unknown): OutsideProblem | null {
  let work = 0;
  const problemOf = (value: unknown, level: number): OutsideProblem | null => {
    work += VALUE_WORK + (typeof value === "string" ? value.length : 0);
    if (work > MOST_WORK || level > MOST_LEVELS) return { sentence: TOO_MUCH, path: [] };
    if (typeof value === "string") return isUnsafeText(value) ? { sentence: UNSAFE, path: [] } : null;
    if (typeof value !== "object" || value === null) return null;
    for (const [name, part] of partsOf(value)) {
      // Copies leave it out without a word, and what came under it would be lost.
      if (name === "__proto__") return { sentence: NO_NAME, path: [name] };
      const ofName = typeof name === "string" ? problemOf(name, level + 1) : null;
      if (ofName) return ofName;
      const ofPart = problemOf(part, level + 1);
      if (ofPart)
        return ofPart.sentence === TOO_MUCH ? ofPart : { ...ofPart, path: [String(name), ...ofPart.path] };
    }
    return null;
  };
  return problemOf(given, 0);
}

/** The parts of a list or plain object by their names. What is neither is for the schema to refuse. */
function partsOf(value: object): Iterable<readonly [string | number, unknown]> {
  if (Array.isArray(value)) return value.entries();
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : [];
}
