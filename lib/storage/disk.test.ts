import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newId } from "@/lib/ids";
import { diskStorage } from "./disk";
import { expectBytes } from "./limit-bytes";
import { documentKey } from "./storage";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "storage-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* pieces(count: number, size: number) {
  for (let index = 0; index < count; index++) yield new Uint8Array(size).fill(index);
}

test("what is stored from a stream comes back byte for byte and its size is counted", async () => {
  const storage = diskStorage(root);
  const key = documentKey(newId(), newId());
  expect(await storage.put(key, pieces(5, 1000), { maxBytes: 5000 })).toEqual({ sizeBytes: 5000 });
  expect(await storage.exists(key)).toBe(true);
  const stored = await readAll(await storage.get(key));
  expect(stored).toEqual(await readAll(pieces(5, 1000)));
  await storage.delete(key);
  await storage.delete(key);
  expect(await storage.exists(key)).toBe(false);
  await expect(storage.get(key)).rejects.toMatchObject({ code: "not_found" });
});

test("a stream over the limit stops there and leaves nothing behind", async () => {
  const storage = diskStorage(root);
  const key = documentKey(newId(), newId());
  let taken = 0;
  async function* endless() {
    for (;;) {
      taken += 1;
      yield new Uint8Array(1000);
    }
  }
  await expect(storage.put(key, endless(), { maxBytes: 3000 })).rejects.toMatchObject({
    code: "limit_exceeded",
  });
  expect(taken).toBe(4);
  expect(await readdir(path.join(root, path.dirname(key)))).toEqual([]);
});

test("a stream that ends before its announced length is refused and leaves nothing behind", async () => {
  const storage = diskStorage(root);
  const key = documentKey(newId(), newId());
  const put = (announced: number) =>
    storage.put(key, expectBytes(pieces(2, 10), announced), { maxBytes: 100 });
  await expect(put(30)).rejects.toMatchObject({ code: "invalid", reason: "incomplete" });
  expect(await storage.exists(key)).toBe(false);
  expect(await put(20)).toEqual({ sizeBytes: 20 });
});

test("an upload that breaks off does not replace the object that was there", async () => {
  const storage = diskStorage(root);
  const key = documentKey(newId(), newId());
  await storage.put(key, Buffer.from("whole"), { maxBytes: 100 });
  async function* broken() {
    yield Buffer.from("ha");
    throw new Error("socket closed");
  }
  await expect(storage.put(key, broken(), { maxBytes: 100 })).rejects.toThrow("socket closed");
  expect(await readFile(path.join(root, key), "utf8")).toBe("whole");
  expect(await readdir(path.join(root, path.dirname(key)))).toHaveLength(1);
});

test.each(["../x", "/etc/passwd", "a//b", "a/../b", "A", "a\0b", "", "a/", "%2e%2e/x"])(
  "the key %j is refused",
  async (key) => {
    const storage = diskStorage(root);
    expect(() => storage.put(key, new Uint8Array(1), { maxBytes: 1 })).toThrow(RangeError);
  },
);

test("a folder that cannot be used is no missing file: it is worth another try", async () => {
  const unavailable = { code: "upstream", reason: "storage_unavailable", retryable: true };
  const key = documentKey(newId(), newId());
  await diskStorage(root).put(key, Buffer.from("kept"), { maxBytes: 100 });
  await expect(diskStorage(path.join(root, "not mounted")).get(key)).rejects.toMatchObject(unavailable);
  const broken = diskStorage(path.join(root, key));
  await expect(broken.get(key)).rejects.toMatchObject(unavailable);
  await expect(broken.exists(key)).rejects.toMatchObject(unavailable);
  await expect(broken.put(key, pieces(1, 10), { maxBytes: 100 })).rejects.toMatchObject(unavailable);
});

test("the check passes on a good folder and fails where nothing can be written", async () => {
  await expect(diskStorage(root).check()).resolves.toBeUndefined();
  await writeFile(path.join(root, "file"), "not a folder");
  await expect(diskStorage(path.join(root, "file")).check()).rejects.toThrow();
});
