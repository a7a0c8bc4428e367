import mammoth from "mammoth";
import { sectionsOfHtml } from "./html.mjs";
import { clean } from "./text.mjs";

/** Headings, paragraphs, lists and tables; pictures and linked files are left out. */
export async function parseWord(/** @type {Buffer} */ buffer) {
  const convertImage = mammoth.images.imgElement(async () => ({ src: "" }));
  const { value } = await mammoth.convertToHtml({ buffer }, { externalFileAccess: false, convertImage });
  return { sections: sectionsOfHtml(clean(value)), warnings: [] };
}
