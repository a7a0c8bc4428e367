/** A name as it is written: `pick.category`, `nodes["pick"].category`. */
const NAME = /^[A-Za-z_][\w-]*(?:\.[\w-]+|\[\s*(?:"[^"]*"|'[^']*')\s*\])*/;
const QUOTED = /(["'])([^"']*)\1/g;

/** What is compared with a name right after it, or is the name of a `case` in a template; and what stands before it. */
const AFTER = /^\s*(?:==|!=)\s*(?:"[^"]*"|'[^']*')|^\s+in\s*\[[^\]]*\]/;
const BEFORE = /(?:"[^"]*"|'[^']*')\s*(?:==|!=)\s*$/;
const CASE = /\{%-?\s*case\s+$/;
const WHEN = /\{%-?\s*when\b[^%]*%\}/g;

/** A text in which the name at `start` is compared with another word, wherever it is compared with one. */
export function withCompared(text: string, start: number, from: string, to: string): string {
  const end = start + (NAME.exec(text.slice(start))?.[0].length ?? 0);
  const [before, name, after] = [text.slice(0, start), text.slice(start, end), text.slice(end)];
  const inWords = (words: string) =>
    words.replace(QUOTED, (quoted, mark, word) => (word === from ? `${mark}${to}${mark}` : quoted));
  const length = CASE.test(before) ? after.search(/\{%-?\s*endcase/) : -1;
  if (length > -1) {
    const cases = after.slice(0, length).replace(WHEN, inWords);
    return `${before}${name}${cases}${after.slice(length)}`;
  }
  return `${before.replace(BEFORE, inWords)}${name}${after.replace(AFTER, inWords)}`;
}
