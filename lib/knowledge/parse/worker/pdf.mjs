import { getDocumentProxy } from "unpdf";
import { Refusal } from "./refusal.mjs";
import { clean } from "./text.mjs";

const MAX_PAGES = 5_000;
/** A line counts as a heading when its letters are this much larger than those of most of the document. */
const HEADING_SCALE = 1.15;

/** Pages kept; headings told by the size of their letters. */
export async function parsePdf(/** @type {Buffer} */ bytes) {
  const pdf = await open(new Uint8Array(bytes));
  if (pdf.numPages > MAX_PAGES) {
    throw new Refusal("too_many_pages", `It has ${pdf.numPages} pages; at most ${MAX_PAGES} can be read.`);
  }
  if (pdf.numPages === 0) throw new Refusal("no_text", "This PDF has no pages.");
  const warnings = [];
  const pages = [];
  for (let number = 1; number <= pdf.numPages; number += 1) {
    pages.push(await linesOfPage(pdf, number, warnings));
  }
  const bodySize = commonSize(pages.flatMap((lines) => lines ?? []));
  const sections = [];
  for (const [index, lines] of pages.entries()) {
    if (!lines) continue;
    // A heading holds until the next one, also over the end of its page.
    sections.push(...sectionsOfPage(lines, index + 1, bodySize, sections.at(-1)?.heading));
  }
  if (sections.length === 0) {
    throw new Refusal(
      "no_text",
      "This PDF has no text in it, only pictures. Run text recognition (OCR) on it first.",
    );
  }
  const read = new Set(sections.map(({ page }) => page));
  const silent = pages.flatMap((lines, index) => (lines && !read.has(index + 1) ? [index + 1] : []));
  if (silent.length > 0) warnings.push(silentPages(silent));
  return { sections, pageCount: pdf.numPages, warnings };
}

const MOST_NAMED = 10;

function silentPages(numbers) {
  const more = numbers.length - MOST_NAMED;
  const named = numbers.slice(0, MOST_NAMED).map(String);
  const list = new Intl.ListFormat("en").format(more > 0 ? [...named, `${more} more`] : named);
  return `There is no text on page ${list}: what is a picture is not read. Run text recognition (OCR) on the file and add it again to have it read.`;
}

async function open(data) {
  try {
    return await getDocumentProxy(data, {
      isEvalSupported: false,
      disableFontFace: true,
      useSystemFonts: false,
      enableXfa: false,
      verbosity: 0,
    });
  } catch (error) {
    if (error?.name === "PasswordException")
      throw new Refusal("encrypted", "This PDF is protected with a password.");
    throw new Refusal("damaged", "The PDF is damaged or incomplete.");
  }
}

/** A page that cannot be read is left out with a warning: the others are still worth having. */
async function linesOfPage(pdf, number, warnings) {
  try {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    page.cleanup();
    return toLines(items);
  } catch {
    warnings.push(`Page ${number} could not be read.`);
    return null;
  }
}

function toLines(items) {
  const lines = [];
  let current = emptyLine();
  for (const item of items) {
    if (typeof item.str !== "string") continue;
    current.text += item.str;
    if (item.str.trim()) {
      current.end = Math.max(current.end, item.transform[4] + item.width);
      current.size = Math.max(current.size, Math.hypot(item.transform[2], item.transform[3]));
      current.y ??= item.transform[5];
    }
    if (item.hasEOL) {
      lines.push(current);
      current = emptyLine();
    }
  }
  lines.push(current);
  return lines
    .map((line) => ({ ...line, text: clean(line.text).replace(/\s+/g, " ").trim() }))
    .filter((line) => line.text);
}

const emptyLine = () => ({ text: "", size: 0, y: null, end: 0 });

/** The size that most characters have. */
function commonSize(lines) {
  const weights = new Map();
  for (const { size, text } of lines) {
    const rounded = Math.round(size * 2) / 2;
    weights.set(rounded, (weights.get(rounded) ?? 0) + text.length);
  }
  return [...weights].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

function sectionsOfPage(lines, page, bodySize, carriedHeading) {
  const sections = [];
  let section = { page, ...(carriedHeading ? { heading: carriedHeading } : {}), text: "" };
  let isTitleOnly = false;
  const rightEdge = Math.max(0, ...lines.map(({ end }) => end));
  const close = () => {
    if (section.text) sections.push(section);
  };
  for (const [index, line] of lines.entries()) {
    if (isHeading(line, bodySize)) {
      const title = isTitleOnly ? `${section.text} ${line.text}` : line.text;
      if (!isTitleOnly) close();
      section = { page, heading: title.slice(0, 200), text: title };
      isTitleOnly = true;
      continue;
    }
    section.text +=
      section.text === "" ? line.text : `${separator(lines[index - 1], line, rightEdge)}${line.text}`;
    isTitleOnly = false;
  }
  close();
  return sections;
}

function isHeading(line, bodySize) {
  return line.size > bodySize * HEADING_SCALE && line.text.length <= 120 && /\p{L}/u.test(line.text);
}

const STARTS_ITEM = /^(?:[•‣▪◦*\-–—]|\(?(?:\d{1,3}|[a-z])[.)])\s/u;

/** A gap wider than a line and a half, or a jump up the page, starts a paragraph; a line that was full goes on in the next. */
function separator(previous, line, rightEdge) {
  if (!previous || previous.y === null || line.y === null) return "\n";
  const gap = previous.y - line.y;
  if (gap < 0 || gap > Math.max(previous.size, line.size) * 1.8) return "\n\n";
  const isFull = previous.end > rightEdge * 0.85;
  return isFull && !STARTS_ITEM.test(line.text) ? " " : "\n";
}
