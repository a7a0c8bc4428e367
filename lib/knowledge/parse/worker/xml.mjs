import { XMLParser } from "fast-xml-parser";
import { Refusal } from "./refusal.mjs";
import { clean } from "./text.mjs";

/** Entities are never processed by the parser: only the five of XML and character numbers are decoded, here. */
const parser = new XMLParser({
  preserveOrder: true,
  processEntities: false,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
});

/** @typedef {{ name: string, attributes: Record<string, string>, children: Node[], text: string }} Node */

/** Parses a part of an Office file. @returns {Node} a root whose children are the top elements */
export function parseXml(/** @type {Buffer | string | undefined} */ source) {
  const text = typeof source === "string" ? source : new TextDecoder().decode(source ?? new Uint8Array());
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) {
    throw new Refusal("unsafe_xml", "It contains definitions that Office files never have and was refused.");
  }
  return { name: "", attributes: {}, text: "", children: parser.parse(text).map(toNode) };
}

function toNode(raw) {
  const name = Object.keys(raw).find((key) => key !== ":@") ?? "";
  if (name === "#text") return { name, attributes: {}, children: [], text: decode(String(raw[name])) };
  const attributes = Object.fromEntries(
    Object.entries(raw[":@"] ?? {}).map(([key, value]) => [key, decode(String(value))]),
  );
  return { name, attributes, text: "", children: Array.isArray(raw[name]) ? raw[name].map(toNode) : [] };
}

const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decode(text) {
  if (!text.includes("&")) return clean(text);
  const decoded = text.replace(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (match, hex, dec, name) => {
      if (name) return NAMED[name.toLowerCase()];
      const code = Number.parseInt(hex ?? dec, hex ? 16 : 10);
      return code <= 0x10ffff ? String.fromCodePoint(code) : match;
    },
  );
  return clean(decoded);
}

/** Every element of that name below `node`, in document order. @returns {Node[]} */
export function descendants(/** @type {Node} */ node, /** @type {string} */ name) {
  return node.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...descendants(child, name),
  ]);
}

/** The text inside of a node: of its `t` elements only when `tag` is given. @returns {string} */
export function innerText(/** @type {Node} */ node) {
  return node.name === "#text" ? node.text : node.children.map(innerText).join("");
}

/** Relationship id → part name, resolved against the folder of `part`. @returns {Map<string, { type: string, target: string }>} */
export function relationships(/** @type {Map<string, Buffer>} */ archive, /** @type {string} */ part) {
  const slash = part.lastIndexOf("/");
  const folder = part.slice(0, slash + 1);
  const source = archive.get(`${folder}_rels/${part.slice(slash + 1)}.rels`);
  const related = new Map();
  if (!source) return related;
  for (const { attributes } of descendants(parseXml(source), "Relationship")) {
    if (attributes.TargetMode === "External" || !attributes.Target) continue;
    const target = new URL(attributes.Target, `zip:///${folder}`).pathname.slice(1);
    related.set(attributes.Id, { type: attributes.Type ?? "", target: decodeURIComponent(target) });
  }
  return related;
}
