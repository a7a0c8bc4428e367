import { FORMAT_NAMES, Refusal } from "./refusal.mjs";

const SIGNATURES = [
  { kind: "zip", label: "a ZIP archive", bytes: [0x50, 0x4b, 0x03, 0x04] },
  { kind: "zip", label: "an empty ZIP archive", bytes: [0x50, 0x4b, 0x05, 0x06] },
  {
    kind: "cfb",
    label: "an old or encrypted Office file",
    bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
  },
  { kind: "other", label: "a PNG image", bytes: [0x89, 0x50, 0x4e, 0x47] },
  { kind: "other", label: "a JPEG image", bytes: [0xff, 0xd8, 0xff] },
  { kind: "other", label: "a GIF image", bytes: [0x47, 0x49, 0x46, 0x38] },
  { kind: "other", label: "a gzip archive", bytes: [0x1f, 0x8b] },
  { kind: "other", label: "a program", bytes: [0x7f, 0x45, 0x4c, 0x46] },
  { kind: "other", label: "a program", bytes: [0x4d, 0x5a, 0x90, 0x00] },
  { kind: "other", label: "an RTF text", bytes: [0x7b, 0x5c, 0x72, 0x74, 0x66] },
];

const PARTS = { docx: "word/document.xml", pptx: "ppt/presentation.xml", xlsx: "xl/workbook.xml" };

/** Throws a Refusal unless the first bytes are those of the format its name promises. */
export function assertSignature(/** @type {Buffer} */ bytes, /** @type {string} */ format) {
  if (bytes.length === 0) throw new Refusal("empty", "The file is empty.");
  const found = signatureOf(bytes, format);
  if (
    format === "pdf" ? found.kind === "pdf" : format in PARTS ? found.kind === "zip" : found.kind === "text"
  )
    return;
  if (found.kind === "cfb" && format in PARTS) {
    throw new Refusal(
      "encrypted",
      `The file is protected with a password, or in the Office format from before 2007. Save it as .${format} without a password.`,
    );
  }
  throw wrongType(format, found.kind === "pdf" ? "pdf" : officeFormatOf(found, bytes), found.label);
}

/** Throws a Refusal unless the archive holds the main part of the format. `names` are the entry names. */
export function assertParts(/** @type {ReadonlySet<string>} */ names, /** @type {string} */ format) {
  if (names.has(PARTS[format])) return;
  throw wrongType(
    format,
    Object.keys(PARTS).find((key) => names.has(PARTS[key])),
    "a ZIP archive",
  );
}

/** An archive lists the names of its parts as they are, at its end. */
function officeFormatOf(found, bytes) {
  if (found.kind !== "zip") return undefined;
  return Object.keys(PARTS).find((key) => bytes.lastIndexOf(PARTS[key]) >= 0);
}

/** `actual` is the format it could be read as, under a name that says so. */
function wrongType(format, actual, label) {
  const content = actual ? FORMAT_NAMES[actual] : label;
  const remedy = actual ? ` Name it .${actual} and add it again.` : "";
  return new Refusal(
    "wrong_type",
    `The file is not ${FORMAT_NAMES[format]}: its content is that of ${content}.${remedy}`,
  );
}

function signatureOf(bytes, format) {
  // Readers accept a PDF header anywhere in the first kilobyte; a text may speak of it there.
  const header = bytes.subarray(0, 1024).indexOf("%PDF-");
  if (format === "pdf" ? header >= 0 : header === 0) return { kind: "pdf", label: "a PDF" };
  const known = SIGNATURES.find((entry) => entry.bytes.every((byte, index) => bytes[index] === byte));
  if (known) return known;
  if (looksBinary(bytes)) return { kind: "other", label: "a binary file" };
  const start = bytes.subarray(0, 1024).toString("latin1");
  return {
    kind: "text",
    label: /<!doctype html|<html|<head|<body/i.test(start) ? "a web page" : "a plain text",
  };
}

/** A few stray control bytes are dirt; more than one in fifty is no text. UTF-16 is text although half of it is zero. */
function looksBinary(bytes) {
  const sample = bytes.subarray(0, 65_536);
  if (utf16Of(bytes)) return false;
  let strange = 0;
  for (const byte of sample) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) strange += 1;
  return strange * 50 > sample.length;
}

/** "utf-16le" or "utf-16be" when the bytes are UTF-16, by its mark or by where the zeros are; else null. */
export function utf16Of(/** @type {Buffer} */ bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const sample = bytes.subarray(0, 4096);
  if (sample.length < 8) return null;
  const zeros = [0, 0];
  for (let index = 0; index < sample.length; index += 1) if (sample[index] === 0) zeros[index % 2] += 1;
  const half = sample.length / 2;
  if (zeros[1] > half * 0.6 && zeros[0] < half * 0.05) return "utf-16le";
  if (zeros[0] > half * 0.6 && zeros[1] < half * 0.05) return "utf-16be";
  return null;
}
