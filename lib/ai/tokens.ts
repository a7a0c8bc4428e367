import { countTokens as count, decode, encode } from "gpt-tokenizer";

/** Long unbroken runs cost quadratic time to tokenise; slices keep a hostile text linear. */
const SLICE_CHARS = 4_000;
/** Text such as `<|endoftext|>` is counted as the text it is. */
const AS_TEXT = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

/** Tokens of a text in OpenAI's `o200k_base` encoding. Exact up to a token per 4,000 characters. */
export function countTokens(text: string): number {
  let total = 0;
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + SLICE_CHARS, text.length);
    if (end < text.length) {
      const space = text.lastIndexOf(" ", end);
      if (space > start) end = space;
    }
    total += count(text.slice(start, end), AS_TEXT);
    start = end;
  }
  return total;
}

/** The start of a text that is at most so many tokens long. */
export function firstTokens(text: string, most: number): string {
  const tokens = encode(text, AS_TEXT);
  return tokens.length <= most ? text : decode(tokens.slice(0, most));
}
