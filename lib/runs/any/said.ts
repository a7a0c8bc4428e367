/** What a model puts texts into. */
export const CATEGORIES = ["short", "long"] as const;

/** What a model is told that may refuse to answer for a while. */
export const FLAKY = "/flaky/";

/** What each answer of a model uses. */
export const MODEL_TOKENS = { input: 50, output: 25 } as const;

/** What a model says to a text. */
export const saysOf = (text: string): string => `said ${text}`;

/** The category in which a model puts a text; `none` fits none. */
export const wayOf = (text: string): string => CATEGORIES[text.length % 3] ?? "none";
