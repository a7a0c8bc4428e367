// Reads one file on standard input and writes what is in it, as JSON, to standard output. Started by run.ts in a
// process with limits; not part of any bundle, so it uses nothing of the application.
import { readArchive } from "./archive.mjs";
import { assertParts, assertSignature } from "./detect.mjs";
import { FORMAT_NAMES, Refusal } from "./refusal.mjs";

const MAX_INPUT_BYTES = 50 * 1024 * 1024;
const MAX_TEXT_CHARACTERS = 10_000_000;

/** Each format's reader is loaded only when it is needed. */
const READERS = {
  pdf: async (bytes) => (await import("./pdf.mjs")).parsePdf(bytes),
  docx: async (bytes) => {
    assertParts(new Set((await readArchive(bytes)).keys()), "docx");
    return (await import("./word.mjs")).parseWord(bytes);
  },
  pptx: async (bytes) => (await import("./slides.mjs")).parseSlides(await officeParts(bytes, "pptx")),
  xlsx: async (bytes) => (await import("./sheet.mjs")).parseSheets(await officeParts(bytes, "xlsx")),
  csv: async (bytes) => (await import("./text.mjs")).parseCsv(bytes),
  md: async (bytes) => (await import("./text.mjs")).parseMarkdown(bytes),
  html: async (bytes) => (await import("./html.mjs")).parseHtml(bytes),
  txt: async (bytes) => (await import("./text.mjs")).parsePlain(bytes),
};

async function officeParts(bytes, format) {
  const archive = await readArchive(bytes);
  assertParts(new Set(archive.keys()), format);
  return archive;
}

async function readInput() {
  const chunks = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    size += chunk.length;
    if (size > MAX_INPUT_BYTES) throw new Refusal("file_too_large", "The file is larger than 50 MB.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function parse(format) {
  const bytes = await readInput();
  assertSignature(bytes, format);
  const parsed = await READERS[format](bytes);
  const sections = parsed.sections.filter((section) => /[\p{L}\p{N}]/u.test(section.text));
  if (sections.length === 0) throw new Refusal("no_text", "There is no text in this file.");
  const characters = sections.reduce((sum, section) => sum + section.text.length, 0);
  if (characters > MAX_TEXT_CHARACTERS) {
    throw new Refusal("too_much_text", tooMuchText(format));
  }
  return { sections, pageCount: parsed.pageCount ?? null, warnings: parsed.warnings.slice(0, 20) };
}

function tooMuchText(format) {
  const more = "more than 10 million characters of text";
  // A file of 7 MB can come to that.
  const what =
    format === "csv" || format === "xlsx"
      ? `With the names of its columns in every row it comes to ${more}`
      : `It holds ${more}`;
  return `${what}. Split it into smaller files.`;
}

async function answer(format) {
  try {
    return { ok: true, document: await parse(format) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, reason: error.reason, message: error.message };
    return {
      ok: false,
      reason: "damaged",
      message: `The file is damaged: it cannot be read as ${FORMAT_NAMES[format]}.`,
      detail: String(error).slice(0, 500),
    };
  }
}

const format = process.argv[2] ?? "";
if (!(format in READERS)) process.exit(64);
process.stdout.write(JSON.stringify(await answer(format)));
