/** Zero-width and direction-changing characters: they hide text from people but not from a model. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;
const CONTROL = /(?![\n\t])\p{Cc}/gu;

/**
 * Text as it may be stored, embedded and shown to a model: well-formed, without NUL and other control characters,
 * without invisible ones, one kind of line break.
 */
export function cleanText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(CONTROL, "").replace(INVISIBLE, "").toWellFormed();
}
