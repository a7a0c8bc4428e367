import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "@/lib/ids";
import { storageLocation } from "./location";
import { s3Storage } from "./s3";
import { documentKey } from "./storage";

/** A bucket of four verbs: enough of the protocol to see what we send and how we take the answers. */
const objects = new Map<string, Buffer>();
let server: Server;
let endpoint: string;
let isFull = false;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const name = new URL(request.url ?? "/", "http://x").pathname;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (!request.headers.authorization?.includes("Credential=key/")) return response.writeHead(403).end();
    const found = objects.get(name);
    if (isFull && request.method === "PUT") return response.writeHead(507).end();
    if (request.method === "PUT") objects.set(name, Buffer.concat(chunks));
    else if (request.method === "DELETE") objects.delete(name);
    else if (!found) return response.writeHead(404).end();
    else if (request.method === "HEAD")
      return response.writeHead(200, { "content-length": found.length }).end();
    else return response.writeHead(200, { "content-length": found.length }).end(found);
    return response.writeHead(request.method === "DELETE" ? 204 : 200).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

function bucket(secret = "key:secret") {
  const location = storageLocation(`s3://${secret}@files/originals?region=eu-west-1&endpoint=${endpoint}`, {
    root: "/nowhere",
  });
  if (location.kind !== "s3") throw new Error("expected s3");
  return s3Storage(location.options);
}

test("an object is put under bucket and prefix, read back, looked up and deleted", async () => {
  const key = documentKey(newId(), newId());
  async function* source() {
    yield Buffer.from("hello ");
    yield Buffer.from("there");
  }
  expect(await bucket().put(key, source(), { maxBytes: 100 })).toEqual({ sizeBytes: 11 });
  expect(objects.get(`/files/originals/${key}`)?.toString()).toBe("hello there");
  const chunks: Uint8Array[] = [];
  for await (const chunk of await bucket().get(key)) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe("hello there");
  expect(await bucket().exists(key)).toBe(true);
  await bucket().delete(key);
  expect(await bucket().exists(key)).toBe(false);
  await expect(bucket().get(key)).rejects.toMatchObject({ code: "not_found" });
  await expect(bucket().check()).resolves.toBeUndefined();
});

test("too large a stream sends nothing; a refusal is an upstream error", async () => {
  const key = documentKey(newId(), newId());
  await expect(bucket().put(key, new Uint8Array(11), { maxBytes: 10 })).rejects.toMatchObject({
    code: "limit_exceeded",
  });
  expect(objects.size).toBe(0);
  await expect(bucket("other:secret").put(key, new Uint8Array(1), { maxBytes: 10 })).rejects.toMatchObject({
    code: "upstream",
  });
});

test("a bucket without room says so", async () => {
  isFull = true;
  const put = bucket().put(documentKey(newId(), newId()), new Uint8Array(1), { maxBytes: 10 });
  await expect(put).rejects.toMatchObject({ code: "upstream", reason: "storage_full" });
  isFull = false;
});

test("locations: no address is a folder, a wrong one says what to set", () => {
  expect(storageLocation(undefined, { root: "/data" })).toEqual({ kind: "disk", root: "/data" });
  expect(() => storageLocation("https://bucket", { root: "/data" })).toThrow("STORAGE_URL must look like");
  expect(() => storageLocation("s3://bucket?endpoint=ftp://x", { root: "/data" })).toThrow("endpoint");
});
