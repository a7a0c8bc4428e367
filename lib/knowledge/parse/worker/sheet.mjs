import { tableText } from "./sections.mjs";
import { descendants, innerText, parseXml, relationships } from "./xml.mjs";

const MAIN = "xl/workbook.xml";
const ROW = /<((?:\w+:)?row)(?=[\s>])[^>]*?(?<!\/)>[\s\S]*?<\/\1>/g;
const SHARED_STRING = /<((?:\w+:)?si)(?=[\s>])[^>]*?(?<!\/)>[\s\S]*?<\/\1>|<(?:\w+:)?si\s*\/>/g;
const MAX_COLUMNS = 1_000;

/** One section a sheet, one line a row. Formulas give their stored result. */
export function parseSheets(/** @type {Map<string, Buffer>} */ archive) {
  const related = relationships(archive, MAIN);
  const workbook = parseXml(archive.get(MAIN));
  const byType = (suffix) => [...related.values()].find((link) => link.type.endsWith(suffix))?.target ?? "";
  const strings = sharedStrings(archive.get(byType("/sharedStrings")));
  const dateStyles = stylesOfDates(archive.get(byType("/styles")));
  const isEpoch1904 = /^(1|true)$/.test(descendants(workbook, "workbookPr")[0]?.attributes.date1904 ?? "");
  const context = { strings, dateStyles, epoch: isEpoch1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30) };
  const sheets = descendants(workbook, "sheet");
  const sections = sheets.flatMap(({ attributes }) => {
    const source = archive.get(related.get(attributes.id)?.target ?? "");
    const text = source ? tableText(rowsOf(source.toString("utf8"), context)) : "";
    return text ? [{ heading: (attributes.name ?? "").slice(0, 200), text }] : [];
  });
  return { sections, warnings: [] };
}

/** Row by row, so that a large sheet never is one large tree in memory. */
function rowsOf(xml, context) {
  const rows = [];
  for (const [source] of xml.matchAll(ROW)) {
    const row = [];
    for (const cell of descendants(parseXml(source), "c")) {
      const column = columnOf(cell.attributes.r) ?? row.length;
      if (column >= MAX_COLUMNS) continue;
      while (row.length < column) row.push("");
      row[column] = cellText(cell, context);
    }
    if (row.some(Boolean)) rows.push(row);
  }
  return rows;
}

function columnOf(reference = "") {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0];
  if (!letters) return null;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function cellText(cell, { strings, dateStyles, epoch }) {
  const value = cell.children
    .filter((child) => child.name === "v")
    .map(innerText)
    .join("");
  switch (cell.attributes.t) {
    case "s":
      return strings[Number(value)] ?? "";
    case "inlineStr":
      return descendants(cell, "t").map(innerText).join("");
    case "b":
      return value === "1" ? "TRUE" : "FALSE";
    case "str":
    case "e":
    case "d":
      return value;
    default:
      return value !== "" && dateStyles.has(Number(cell.attributes.s ?? -1))
        ? dateText(Number(value), epoch)
        : numberText(value);
  }
}

/** Binary fractions as people typed them: 0.30000000000000004 is 0.3. */
function numberText(value) {
  const number = Number(value);
  return value === "" || !Number.isFinite(number) ? value : String(Number(number.toPrecision(15)));
}

function dateText(serial, epoch) {
  const date = new Date(epoch + Math.round(serial * 86_400) * 1000);
  if (Number.isNaN(date.getTime())) return String(serial);
  const [day, time] = date.toISOString().slice(0, 19).split("T");
  if (serial < 1) return time;
  return time === "00:00:00" ? day : `${day} ${time}`;
}

function sharedStrings(source) {
  if (!source) return [];
  return [...source.toString("utf8").matchAll(SHARED_STRING)].map(([xml]) => {
    const item = parseXml(xml).children[0];
    // Phonetic runs repeat the text in another script.
    const runs = item?.children.filter((child) => child.name === "t" || child.name === "r") ?? [];
    return runs
      .flatMap((run) => (run.name === "t" ? [run] : descendants(run, "t")))
      .map(innerText)
      .join("");
  });
}

/** Indexes of the cell formats that show a number as a date or time. */
function stylesOfDates(source) {
  if (!source) return new Set();
  const root = parseXml(source);
  const custom = new Map(
    descendants(root, "numFmt").map(({ attributes }) => [attributes.numFmtId, attributes.formatCode ?? ""]),
  );
  const formats = descendants(root, "cellXfs")[0]?.children.filter((child) => child.name === "xf") ?? [];
  return new Set(
    formats.flatMap(({ attributes }, index) => (isDateFormat(attributes.numFmtId, custom) ? [index] : [])),
  );
}

function isDateFormat(id, custom) {
  const number = Number(id);
  if ((number >= 14 && number <= 22) || (number >= 45 && number <= 47)) return true;
  const code = (custom.get(id) ?? "").replace(/"[^"]*"|\\.|\[[^\]]*\]/g, "");
  return /[dmyhs]/i.test(code) && !/[#0?]/.test(code);
}
