import type { Readable } from "node:stream";
import { isId } from "@/lib/ids";

/** What can be stored: all the bytes at once, or a stream of them. */
export type StorageSource = Uint8Array | AsyncIterable<Uint8Array>;

/** Keeps originals (uploaded files) outside the database. Every method may throw `upstream` when the store is down. */
export interface ObjectStorage {
  /**
   * Writes the whole object or nothing. Gives the number of bytes stored. Throws `limit_exceeded` as soon as more
   * than `maxBytes` have come in; what was written until then is removed.
   */
  put(key: string, source: StorageSource, options: { maxBytes: number }): Promise<{ sizeBytes: number }>;
  /** The object as a stream. Throws `not_found`. */
  get(key: string): Promise<Readable>;
  /** Removes the object; nothing happens when it is not there. */
  delete(key: string): Promise<void>;
  exists(key: string): Promise<boolean>;
  /** Writes, reads and removes a small object: for the readiness check. Throws when that does not work. */
  check(): Promise<void>;
}

const KEY = /^[a-z0-9-]{1,64}(\/[a-z0-9-]{1,64}){0,4}$/;

/** The key of a document's original. Made of ids only, so no name from outside ever becomes a path. */
export function documentKey(tenantId: string, documentId: string): string {
  if (!isId(tenantId) || !isId(documentId)) throw new RangeError("a storage key is made of ids");
  return `documents/${tenantId.toLowerCase()}/${documentId.toLowerCase()}`;
}

/** Refuses anything that is not a server-made key: a wrong key is a defect, never bad input. */
export function assertKey(key: string): void {
  if (!KEY.test(key)) throw new RangeError("not a storage key");
}
