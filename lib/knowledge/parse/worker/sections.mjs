/** @typedef {{ page?: number, heading?: string, text: string }} Section */

/** Marks a heading in a text that is on its way to sections; never in a document, control characters are removed. */
export const HEADING_MARK = "\u0002";
const PATH_SEPARATOR = " › ";

/**
 * Splits a text at its marked headings (`mark`, level digit, title). The heading of a section is its whole path.
 * @param {string} text
 * @returns {Section[]}
 */
export function splitAtHeadings(text) {
  const sections = [];
  const path = [];
  let lines = [];
  const close = () => {
    const body = lines.join("\n").trim();
    const heading = path.filter(Boolean).join(PATH_SEPARATOR);
    if (body) sections.push({ ...(heading ? { heading } : {}), text: body });
    lines = [];
  };
  for (const line of text.split("\n")) {
    if (!line.startsWith(HEADING_MARK)) {
      lines.push(line);
      continue;
    }
    // A heading with nothing below it would be lost with its section: it stays in the text as well.
    close();
    const level = Number(line[1]);
    path.length = level - 1;
    path[level - 1] = line.slice(2).trim().slice(0, 200);
    lines.push(path[level - 1]);
  }
  close();
  return sections;
}

/** A table row that makes sense alone, whichever chunk it ends up in: `Name: Ada; Born: 1815`. */
function rowText(/** @type {string[] | null} */ header, /** @type {string[]} */ cells) {
  return cells
    .map((cell, index) => {
      const value = cell.replace(/\s+/g, " ").trim();
      const name = header?.[index];
      return value && name ? `${name}: ${value}` : value;
    })
    .filter(Boolean)
    .join("; ");
}

/**
 * A table as one line a row. The first row is taken as names when none of its cells is empty or a number.
 * @param {string[][]} rows
 */
export function tableText(rows) {
  const [first = [], ...rest] = rows;
  const names = first.map((cell) => cell.replace(/\s+/g, " ").trim());
  const isHeader =
    rest.length > 0 &&
    names.length > 1 &&
    names.every((name) => name && name.length <= 80 && !isNumber(name));
  const body = isHeader ? rest.map((row) => rowText(names, row)) : rows.map((row) => rowText(null, row));
  const lines = isHeader ? [names.join(" | "), ...body] : body;
  return lines.filter(Boolean).join("\n");
}

function isNumber(text) {
  return /^[-+]?[\d.,\s%$€£]+$/.test(text);
}
