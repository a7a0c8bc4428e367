import { MAX_UPLOAD_BYTES } from "./input";
import { DOCUMENT_FORMATS, formatOfFilename } from "./parse/document";

/** Why a file need not even be sent, or null. The server checks again, and the content as well. */
export function fileProblem(filename: string, sizeBytes: number): string | null {
  if (!formatOfFilename(filename)) return unsupportedFile();
  if (sizeBytes === 0) return "The file is empty.";
  if (sizeBytes > MAX_UPLOAD_BYTES) return "The file is larger than 50 MB.";
  return null;
}

/** The sentence about a kind of file that cannot be read. */
export function unsupportedFile(): string {
  return `Files of this kind cannot be read. Supported are ${DOCUMENT_FORMATS.map((name) => `.${name}`).join(", ")}.`;
}
