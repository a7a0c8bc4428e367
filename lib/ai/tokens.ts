import { countTokens as count, decode, encode } from "gpt-tokenizer";

/** Long unbroken runs cost quadratic time to tokenise; slices keep a hostile text linear. */
const SLICE_CHARS = 4_000;
/** Text such as `<|endoftext|>` is counted as the text it is. */
const AS_TEXT = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

/** A text in slices that end behind a word where there is one. */
function* slicesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + SLICE_CHARS, text.length);
    if (end < text.length) {
      const space = text.lastIndexOf(" ", end);
      if (space > start) end = space;
    }
    yield text.slice(start, end);
    start = end;
  }
}

/** Tokens of a text in OpenAI's `o200k_base` encoding. Exact up to a token per 4,000 characters. */
export function countTokens(text: string): number {
  let total = 0;
  for (const slice of slicesOf(text)) total += count(slice, AS_TEXT);
  return total;
}

/** The start of a text that is at most so many tokens long, counted as `countTokens` does. */
export function firstTokens(text: string, most: number): string {
  let kept = "";
  let left = most;
  for (const slice of slicesOf(text)) {
    const tokens = encode(slice, AS_TEXT);
    if (tokens.length > left) return kept + decode(tokens.slice(0, left));
    kept += slice;
    left -= tokens.length;
  }
  return text;
}
