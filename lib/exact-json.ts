/** What Node tells of a part that it read, beside its value: how it was written. */
type Written = { readonly source?: string };

function exactPart(_: string, part: unknown, written?: Written): unknown {
  const source = written?.source ?? "";
  return typeof part === "number" && !Number.isSafeInteger(part) && /^-?\d+$/.test(source) ? source : part;
}

/**
 * JSON, of which a whole number with more digits than a number keeps, most likely an id, is the text of its digits.
 * @throws SyntaxError
 */
export function parseExact(text: string): unknown {
  return /\d{16}/.test(text) ? JSON.parse(text, exactPart) : JSON.parse(text);
}
