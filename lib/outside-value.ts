const MOST_LEVELS = 64;
/** In characters; a value of any kind counts as a few. A request holds at most four megabytes. */
const MOST_WORK = 8_000_000;
const VALUE_WORK = 8;

const UNSAFE = "The text contains characters that cannot be stored.";
const TOO_MUCH = "This is too large, or nested too deeply.";

/** Whether a text holds U+0000 or half of a surrogate pair: PostgreSQL refuses the one and mangles the other. */
export function isUnsafeText(text: string): boolean {
  return text.includes("\u0000") || !text.isWellFormed();
}

/**
 * What keeps a value from outside from being taken, as a sentence, or null. What a server action is sent may name one part
 * in many places, or in itself: a few lines of it unfold without end. It is looked at only as far as anything may reach.
 */
export function outsideProblem(given: unknown): string | null {
  let work = 0;
  const problemOf = (value: unknown, level: number): string | null => {
    work += VALUE_WORK + (typeof value === "string" ? value.length : 0);
    if (work > MOST_WORK || level > MOST_LEVELS) return TOO_MUCH;
    if (typeof value === "string") return isUnsafeText(value) ? UNSAFE : null;
    if (typeof value !== "object" || value === null) return null;
    for (const part of partsOf(value)) {
      const problem = problemOf(part, level + 1);
      if (problem) return problem;
    }
    return null;
  };
  return problemOf(given, 0);
}

/** The parts of a list or plain object, names among them. What is neither is for the schema to refuse. */
function partsOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value).flat() : [];
}
