import { tableText } from "./sections.mjs";
import { descendants, innerText, parseXml, relationships } from "./xml.mjs";

const MAIN = "ppt/presentation.xml";

/** One section a slide, in the order of the show: title as heading, paragraphs, tables, then speaker's notes. */
export function parseSlides(/** @type {Map<string, Buffer>} */ archive) {
  const related = relationships(archive, MAIN);
  const order = descendants(parseXml(archive.get(MAIN)), "sldId").map(
    (node) => related.get(node.attributes.id)?.target,
  );
  const sections = order.flatMap((part, index) => {
    const source = part && archive.get(part);
    return source ? slideSections(archive, part, source, index + 1) : [];
  });
  return { sections, pageCount: order.length, warnings: [] };
}

function slideSections(archive, part, source, page) {
  const tree = parseXml(source);
  const title = descendants(tree, "sp").filter(isTitle).flatMap(paragraphsOf).join(" ").trim();
  const body = blocksOf(tree).join("\n\n");
  const notesPart = [...relationships(archive, part).values()].find((link) =>
    link.type.endsWith("/notesSlide"),
  )?.target;
  const notes = notesPart ? notesText(archive.get(notesPart)) : "";
  const text = [body, notes && `Notes: ${notes}`].filter(Boolean).join("\n\n");
  return text ? [{ page, ...(title ? { heading: title.slice(0, 200) } : {}), text }] : [];
}

/** Shapes and tables in document order, groups opened, without page numbers, dates and footers. */
function blocksOf(node) {
  return node.children
    .flatMap((child) => {
      if (child.name === "sp" && /^(sldNum|dt|ftr)$/.test(placeholder(child))) return [];
      if (child.name === "tbl") return [tableOf(child)];
      if (child.name === "txBody") return [paragraphsOf(child).join("\n")];
      return blocksOf(child);
    })
    .filter(Boolean);
}

function paragraphsOf(node) {
  return descendants(node, "p")
    .map(lineOf)
    .filter((line) => line.trim());
}

function lineOf(paragraph) {
  return paragraph.children
    .map((child) => (child.name === "br" ? "\n" : descendants(child, "t").map(innerText).join("")))
    .join("");
}

function tableOf(table) {
  return tableText(
    descendants(table, "tr").map((row) => descendants(row, "tc").map((cell) => paragraphsOf(cell).join(" "))),
  );
}

function placeholder(shape) {
  return descendants(shape, "ph")[0]?.attributes.type ?? "";
}

function isTitle(shape) {
  return /^(title|ctrTitle)$/.test(placeholder(shape));
}

function notesText(source) {
  if (!source) return "";
  const shapes = descendants(parseXml(source), "sp").filter((shape) => placeholder(shape) === "body");
  return shapes.flatMap(paragraphsOf).join("\n");
}
