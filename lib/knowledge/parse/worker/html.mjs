import { convert } from "html-to-text";
import { HEADING_MARK, splitAtHeadings, tableText } from "./sections.mjs";
import { decodeText } from "./text.mjs";

const MAX_DEPTH = 250;

export function parseHtml(bytes) {
  const warnings = [];
  const declared = /<meta[^>]+charset\s*=\s*["']?([\w-]{2,40})/i.exec(
    bytes.subarray(0, 4096).toString("latin1"),
  )?.[1];
  return { sections: sectionsOfHtml(decodeText(bytes, warnings, declared ?? null)), warnings };
}

/** Readable text by heading: no scripts, styles, pictures, navigation or link addresses; tables row by row. */
export function sectionsOfHtml(/** @type {string} */ html) {
  const text = convert(html, {
    wordwrap: false,
    limits: { maxInputLength: 60_000_000, maxDepth: MAX_DEPTH, ellipsis: "" },
    formatters: { markedHeading, rowTable },
    selectors: [
      ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, format: "markedHeading" })),
      { selector: "table", format: "rowTable" },
      { selector: "a", options: { ignoreHref: true } },
      { selector: "ul", options: { itemPrefix: "- " } },
      ...["img", "script", "style", "noscript", "template", "svg", "nav", "iframe", "object", "head"].map(
        (selector) => ({ selector, format: "skip" }),
      ),
    ],
  });
  return splitAtHeadings(text);
}

function markedHeading(element, _walk, builder) {
  const title = textOf(element).replace(/\s+/g, " ").trim();
  if (!title) return;
  builder.openBlock({ leadingLineBreaks: 2 });
  builder.addLiteral(`${HEADING_MARK}${element.name[1]}${title}`);
  builder.closeBlock({ trailingLineBreaks: 2 });
}

/** A table inside a table means that it lays out a page: then it is read like any other block. */
function rowTable(element, walk, builder) {
  const rows = find(element, "tr");
  builder.openBlock({ leadingLineBreaks: 2 });
  if (rows.length === 0 || find(element, "table").length > 0) {
    walk(element.children, builder);
  } else {
    const cells = rows.map((row) => row.children.filter(isCell).map((cell) => textOf(cell)));
    for (const line of tableText(cells).split("\n")) {
      builder.openBlock();
      builder.addLiteral(line);
      builder.closeBlock();
    }
  }
  builder.closeBlock({ trailingLineBreaks: 2 });
}

function isCell(node) {
  return node.name === "td" || node.name === "th";
}

function find(element, name, depth = 0) {
  if (depth > MAX_DEPTH) return [];
  return (element.children ?? []).flatMap((child) =>
    child.name === name ? [child] : find(child, name, depth + 1),
  );
}

function textOf(node, depth = 0) {
  if (node.type === "text") return node.data;
  if (depth > MAX_DEPTH || node.name === "script" || node.name === "style") return "";
  const text = (node.children ?? []).map((child) => textOf(child, depth + 1)).join("");
  return /^(p|div|li|br|h[1-6])$/.test(node.name ?? "") ? `${text} ` : text;
}
