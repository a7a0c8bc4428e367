/** About a third of a second of a processor. */
const MOST_CHARS = 20_000;
/** Quotes and lists that one line opens inside each other. */
const MOST_OPENED = 10;
/** Signs of emphasis in one paragraph: each is compared with those before it. */
const MOST_SIGNS = 600;

const OPENER = /[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))/y;
const RULE = /^[ \t]*(?:[-*][ \t]*)+$/;
const SIGNS = /[*~]|(?<!\w)_|_(?!\w)/g;

/**
 * Whether a text is shown as it is, because to read it as Markdown would take seconds or fail: whoever wrote it may want
 * just that, and a page is rendered where everybody's are.
 */
export function isPlainOnly(text: string): boolean {
  if (text.length > MOST_CHARS) return true;
  let signs = 0;
  for (const line of text.split(/\r\n|[\r\n]/)) {
    if (opened(line) > MOST_OPENED && !RULE.test(line)) return true;
    signs = line.trim() === "" ? 0 : signs + (line.match(SIGNS)?.length ?? 0);
    if (signs > MOST_SIGNS) return true;
  }
  return false;
}

function opened(line: string): number {
  OPENER.lastIndex = 0;
  let count = 0;
  while (count <= MOST_OPENED && OPENER.test(line)) count += 1;
  return count;
}
