import { AppError } from "@/lib/errors";
import type { StorageSource } from "./storage";

/** A megabyte as people read it on a file: 1,048,576 bytes. */
const MEGABYTE = 1024 * 1024;

/** The bytes of `source`, refused with `limit_exceeded` at the first byte over `maxBytes`. */
export async function* limitBytes(source: StorageSource, maxBytes: number): AsyncGenerator<Uint8Array> {
  let seenBytes = 0;
  for await (const chunk of source instanceof Uint8Array ? [source] : source) {
    seenBytes += chunk.byteLength;
    if (seenBytes > maxBytes) {
      const limit = Math.floor(maxBytes / MEGABYTE);
      throw new AppError("limit_exceeded", `The file is larger than ${limit} MB.`, {
        reason: "file_too_large",
      });
    }
    yield chunk;
  }
}

/** The bytes of `source`, refused with `invalid` when it ends with another number of them than was announced. */
export async function* expectBytes(
  source: StorageSource,
  announcedBytes: number,
): AsyncGenerator<Uint8Array> {
  let seenBytes = 0;
  for await (const chunk of source instanceof Uint8Array ? [source] : source) {
    seenBytes += chunk.byteLength;
    yield chunk;
  }
  if (seenBytes !== announcedBytes) {
    throw new AppError("invalid", "The file did not arrive completely. Send it again.", {
      reason: "incomplete",
    });
  }
}
