/** A page holds values up to this size; larger ones are fetched when somebody wants to see all of them. */
const MAX_SHOWN_CHARS = 40_000;
const PREVIEW_CHARS = 2_000;

/** A value on a page: whole, or its beginning with its size in characters. */
export type ShownValue =
  | { readonly isWhole: true; readonly value: unknown }
  | { readonly isWhole: false; readonly preview: string; readonly chars: number };

export function shownValue(value: unknown): ShownValue {
  const text = JSON.stringify(value) ?? "null";
  if (text.length <= MAX_SHOWN_CHARS) return { isWhole: true, value };
  const preview = (typeof value === "string" ? value : text).slice(0, PREVIEW_CHARS).toWellFormed();
  return { isWhole: false, preview, chars: text.length };
}

/** Whether there is anything of a value to show. */
export function hasContent(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** A value as a text file: text by itself, or the text that is all it holds; everything else as JSON. */
export function valueAsText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && "text" in value && typeof value.text === "string")
    return value.text;
  return JSON.stringify(value, null, 2) ?? "null";
}

/** A place in a value whose name or text has what is sought. */
export type Match = { readonly path: string; readonly text: string };

/** All places in a value that have a text, at most `most`; large texts give what is around the first place. */
export function findInValue(value: unknown, query: string, most: number): Match[] {
  const matches: Match[] = [];
  const sought = query.toLowerCase();
  const visit = (item: unknown, path: string) => {
    if (matches.length >= most) return;
    if (typeof item === "object" && item !== null) {
      for (const [key, inner] of Object.entries(item))
        visit(inner, Array.isArray(item) ? `${path}[${key}]` : path ? `${path}.${key}` : key);
      return;
    }
    const text = typeof item === "string" ? item : JSON.stringify(item);
    const at = text.toLowerCase().indexOf(sought);
    if (at >= 0) matches.push({ path, text: around(text, at, sought.length) });
    else if (path.toLowerCase().includes(sought)) matches.push({ path, text: text.slice(0, AROUND_CHARS) });
  };
  visit(value, "");
  return matches;
}

const AROUND_CHARS = 160;

function around(text: string, at: number, length: number): string {
  const from = Math.max(0, at - AROUND_CHARS / 2);
  const to = Math.min(text.length, at + length + AROUND_CHARS / 2);
  return `${from > 0 ? "…" : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
}
