import { convert } from "html-to-text";
import { Parser } from "htmlparser2";
import { AppError } from "@/lib/errors";

/** As deep as browsers nest what they show. */
const MOST_DEPTH = 512;

/**
 * The text of a page, without pictures. A page is somebody else's, and reading one that nests a hundred thousand elements
 * would keep everything here waiting for the better part of a minute.
 * @throws AppError `invalid`, reason `page_too_deep`
 */
export function htmlText(html: string): string {
  if (isTooDeep(html))
    throw new AppError("invalid", "The page is nested too deeply to be read.", { reason: "page_too_deep" });
  return convert(html, {
    wordwrap: false,
    limits: { maxInputLength: html.length },
    selectors: [{ selector: "img", format: "skip" }],
  });
}

/** Whether a page nests deeper, by the parser that reads it: it stops where that is certain. */
function isTooDeep(html: string): boolean {
  let depth = 0;
  const parser = new Parser({
    onopentagname: () => {
      depth += 1;
      if (depth > MOST_DEPTH) parser.pause();
    },
    onclosetag: () => {
      depth -= 1;
    },
  });
  parser.write(html);
  return depth > MOST_DEPTH;
}
