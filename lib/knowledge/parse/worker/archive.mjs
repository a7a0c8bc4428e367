import yauzl from "yauzl";
import { Refusal } from "./refusal.mjs";

const MAX_ENTRIES = 2_000;
const MAX_INFLATED_BYTES = 50 * 1024 * 1024;
/** Small parts of XML may be very repetitive; the ratio only says something about large ones. */
const RATIO_FROM_BYTES = 1024 * 1024;
const MAX_RATIO = 100;
const SYMLINK = 0o120000;
const FILE_TYPE_MASK = 0o170000;

/**
 * Inflates a zip archive while counting, and stops at the first entry that breaks a limit. Sizes in the
 * headers are not believed.
 * @param {Buffer} bytes
 * @returns {Promise<Map<string, Buffer>>} the wanted entries, by name; all entries have been counted
 */
export async function readArchive(bytes, wanted = /\.(xml|rels)$/i) {
  const zip = await open(bytes);
  if (zip.entryCount > MAX_ENTRIES) {
    throw new Refusal("too_many_parts", `It holds more than ${MAX_ENTRIES} parts and was refused.`);
  }
  const entries = new Map();
  let inflatedBytes = 0;
  let count = 0;
  for await (const entry of zip.eachEntry()) {
    count += 1;
    if (count > MAX_ENTRIES)
      throw new Refusal("too_many_parts", `It holds more than ${MAX_ENTRIES} parts and was refused.`);
    assertOrdinary(entry);
    const keep = wanted.test(entry.fileName) ? [] : null;
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      inflatedBytes += chunk.length;
      assertSize(entry, inflatedBytes);
      keep?.push(chunk);
    }
    if (keep) entries.set(entry.fileName, Buffer.concat(keep));
  }
  return entries;
}

async function open(bytes) {
  try {
    return await yauzl.fromBufferPromise(bytes, { validateEntrySizes: true, strictFileNames: false });
  } catch {
    throw new Refusal("damaged", "The file is damaged or incomplete.");
  }
}

function assertOrdinary(entry) {
  const mode = (entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK;
  if (mode === SYMLINK)
    throw new Refusal("unsafe_archive", "It contains a link to another file and was refused.");
  if (entry.isEncrypted()) throw new Refusal("encrypted", "The file is protected with a password.");
}

function assertSize(entry, inflatedBytes) {
  if (inflatedBytes > MAX_INFLATED_BYTES) {
    throw new Refusal("expands_too_much", "It expands to more than 50 MB and was refused.");
  }
  if (
    entry.uncompressedSize > RATIO_FROM_BYTES &&
    entry.uncompressedSize > entry.compressedSize * MAX_RATIO
  ) {
    throw new Refusal("expands_too_much", "It expands to more than 100 times its size and was refused.");
  }
}
