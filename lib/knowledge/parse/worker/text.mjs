import { parse } from "csv-parse/sync";
import { utf16Of } from "./detect.mjs";
import { Refusal } from "./refusal.mjs";
import { HEADING_MARK, splitAtHeadings, tableText } from "./sections.mjs";

/**
 * The text of a file: by its byte order mark, else UTF-8, else what `declared` says, else Windows-1252 when hardly
 * anything in it is UTF-8. Bytes that are no text become U+FFFD.
 * @param {Buffer} bytes
 * @param {string[]} warnings
 */
export function decodeText(bytes, warnings, declared = null) {
  const wide = utf16Of(bytes);
  if (wide) return clean(new TextDecoder(wide).decode(bytes));
  try {
    return clean(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return clean(decodeOther(bytes, warnings, declared));
  }
}

function decodeOther(bytes, warnings, declared) {
  const lenient = new TextDecoder("utf-8").decode(bytes);
  const broken = lenient.match(/\uFFFD/g)?.length ?? 0;
  const sound = lenient.match(/[^\p{ASCII}\uFFFD]/gu)?.length ?? 0;
  if (sound >= broken) {
    warnings.push(
      "Some letters could not be read and were replaced by �. Save the file as UTF-8 and add it again to have them read.",
    );
    return lenient;
  }
  const label = knownEncoding(declared) ?? "windows-1252";
  warnings.push(
    `The file is not UTF-8 and was read as ${label}. Where its letters look wrong, save it as UTF-8 and add it again.`,
  );
  return new TextDecoder(label).decode(bytes);
}

function knownEncoding(label) {
  try {
    return label ? new TextDecoder(label).encoding : null;
  } catch {
    return null;
  }
}

/** No control characters but line breaks and tabs, one kind of line break. */
export function clean(text) {
  return text
    .replace(/\r\n?|\u2028|\u2029/g, "\n")
    .replace(/(?![\n\t])[\p{Cc}\ufeff]/gu, "")
    .toWellFormed();
}

export function parsePlain(bytes) {
  const warnings = [];
  return { sections: [{ text: decodeText(bytes, warnings) }], warnings };
}

/** Markdown: its headings (`#` and underlined) outside of code become sections. */
export function parseMarkdown(bytes) {
  const warnings = [];
  const lines = decodeText(bytes, warnings).split("\n");
  let fence = null;
  for (let index = 0; index < lines.length; index += 1) {
    const mark = /^ {0,3}(```+|~~~+)/.exec(lines[index])?.[1]?.[0];
    if (mark && (fence === null || fence === mark)) fence = fence ? null : mark;
    if (fence) continue;
    const hashes = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(lines[index]);
    if (hashes?.[2]) lines[index] = `${HEADING_MARK}${hashes[1].length}${hashes[2]}`;
    const underline =
      index > 0 && lines[index - 1].trim() ? /^ {0,3}(=+|-{2,})\s*$/.exec(lines[index]) : null;
    if (underline && isParagraphLine(lines[index - 1], lines[index - 2])) {
      lines[index - 1] = `${HEADING_MARK}${underline[1][0] === "=" ? 1 : 2}${lines[index - 1].trim()}`;
      lines[index] = "";
    }
  }
  return { sections: splitAtHeadings(lines.join("\n")), warnings };
}

function isParagraphLine(line, before = "") {
  const isOther = line.startsWith(HEADING_MARK) || /^\s*([-*+>|#]|\d+[.)])/.test(line);
  return !isOther && before.trim() === "";
}

const DELIMITERS = [",", ";", "\t", "|"];

export function parseCsv(bytes) {
  const warnings = [];
  const text = decodeText(bytes, warnings);
  const firstLine = text.slice(0, 20_000).split("\n", 1)[0] ?? "";
  const counts = DELIMITERS.map((delimiter) => firstLine.split(delimiter).length);
  const delimiter = DELIMITERS[counts.indexOf(Math.max(...counts))];
  const options = {
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  };
  try {
    return { sections: [{ text: tableText(parse(text, options)) }], warnings };
  } catch (error) {
    const line = error && typeof error === "object" && "lines" in error ? ` near line ${error.lines}` : "";
    throw new Refusal("damaged", `The table cannot be read${line}: a quotation mark is probably not closed.`);
  }
}
