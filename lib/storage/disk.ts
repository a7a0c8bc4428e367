import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { log } from "@/lib/log";
import { limitBytes } from "./limit-bytes";
import { assertKey, type ObjectStorage, type StorageSource } from "./storage";

/** Originals as files under `root`. */
export function diskStorage(root: string): ObjectStorage {
  const pathOf = (key: string) => {
    assertKey(key);
    return path.join(root, key);
  };
  const storage: ObjectStorage = {
    put: (key, source, { maxBytes }) => writeAtomically(pathOf(key), source, maxBytes),
    get: (key) => openFile(root, pathOf(key)),
    delete: (key) => rm(pathOf(key), { force: true }),
    exists: (key) => fileExists(pathOf(key)),
    check: () => checkStorage(storage),
  };
  return storage;
}

/**
 * Writes beside the target, flushes, then renames: a reader or a crash never sees half a file.
 * @throws AppError `upstream`, reasons `storage_full` when there is no room and `storage_unavailable` when it cannot be
 * written, and what `source` throws
 */
export async function writeAtomically(target: string, source: StorageSource, maxBytes: number) {
  const temporary = `${target}.${newId()}.part`;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    const sizeBytes = await writeAndFlush(temporary, limitBytes(source, maxBytes));
    await rename(temporary, target);
    await flushFolder(path.dirname(target));
    return { sizeBytes };
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (isDiskFull(cause)) throw storageFull(cause);
    throw isDiskFault(cause) ? storageUnavailable(cause) : cause;
  }
}

/** The same for every store. Only whoever runs the installation can mend it, so the log has it too. */
export function storageFull(cause: unknown): AppError {
  log.error({ err: cause }, "the file store is full");
  const message =
    "There is no room left for files, so this one was not kept. Whoever runs this installation has to make room.";
  return new AppError("upstream", message, { reason: "storage_full", cause });
}

/** The folder is not mounted, not this user's, shut to writing or broken: none of it is the fault of the file. */
function storageUnavailable(cause: unknown): AppError {
  log.error({ err: cause }, "the file store cannot be used");
  const message =
    "The file store cannot be used right now. Try again later; whoever runs this installation has to mend it.";
  return new AppError("upstream", message, { reason: "storage_unavailable", cause });
}

async function writeAndFlush(file: string, source: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await open(file, "wx", 0o600);
  try {
    const sizeBytes = await writeAll(handle, source);
    await handle.sync();
    return sizeBytes;
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, source: AsyncIterable<Uint8Array>): Promise<number> {
  let sizeBytes = 0;
  for await (const chunk of source) {
    await handle.writeFile(chunk);
    sizeBytes += chunk.byteLength;
  }
  return sizeBytes;
}

/** Makes the rename itself durable. Some platforms cannot flush a folder; the data is flushed all the same. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  if (!handle) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}

async function openFile(root: string, file: string): Promise<Readable> {
  if (await fileExists(file)) return createReadStream(file);
  await stat(root).catch((cause: unknown) => {
    throw storageUnavailable(cause);
  });
  throw new AppError("not_found", "The original file is not in the store.");
}

async function fileExists(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return false;
    throw storageUnavailable(cause);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function isDiskFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes(codeOf(error));
}

/** What a disk answers, and no stream that is read from the network. */
function isDiskFault(error: unknown): boolean {
  return ["EACCES", "EPERM", "EROFS", "EIO", "ESTALE", "ENOTDIR", "ENOENT", "ELOOP"].includes(codeOf(error));
}

/** A write, a read and a removal of a probe object. */
export async function checkStorage(storage: ObjectStorage): Promise<void> {
  const key = `checks/${newId()}`;
  const probe = new TextEncoder().encode(key);
  await storage.put(key, probe, { maxBytes: probe.byteLength });
  const chunks: Uint8Array[] = [];
  for await (const chunk of await storage.get(key)) chunks.push(chunk);
  await storage.delete(key);
  if (Buffer.concat(chunks).toString() !== key) {
    throw new AppError("upstream", "The file store gave back something else than was written.");
  }
}
