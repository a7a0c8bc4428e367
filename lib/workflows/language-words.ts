/** Something a language has besides the names in scope: offered for completion, and documented. */
export type LanguageWord = {
  readonly type: "function" | "method" | "filter" | "tag";
  readonly name: string;
  /** How it is written. */
  readonly usage: string;
  /** What it gives, in one line. */
  readonly says: string;
  /** A text and what it gives among `EXAMPLE_VALUES`. */
  readonly example: readonly [text: string, gives: unknown];
};

/** What the examples of both languages see. */
export const EXAMPLE_VALUES = {
  input: { text: " Where is my order? ", count: 3, html: "<b>Hi</b> & bye" },
  find: {
    passages: [
      { name: "returns.md", score: 0.9, tags: ["law"] },
      { name: "faq.md", score: 0.4, tags: [] },
    ],
  },
} as const;

/** Adds what all words of one kind have in common. */
export function wordsOfType(
  type: LanguageWord["type"],
  rows: readonly (readonly [name: string, usage: string, says: string, text: string, gives: unknown])[],
): readonly LanguageWord[] {
  return rows.map(([name, usage, says, text, gives]) => ({
    type,
    name,
    usage,
    says,
    example: [text, gives],
  }));
}
