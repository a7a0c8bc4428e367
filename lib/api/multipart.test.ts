import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formBoundary, formParts, readText } from "./multipart";

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function readAll(bytes: Buffer, boundary: string, sizes = [7]) {
  const found: { name: string; filename: string | null; content: Buffer }[] = [];
  for await (const { name, filename, content } of formParts(inPieces(bytes, sizes), boundary)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(Buffer.from(piece));
    found.push({ name, filename, content: Buffer.concat(pieces) });
  }
  return found;
}

const part = (head: string, content: string | Uint8Array) =>
  Buffer.concat([Buffer.from(`--b\r\n${head}\r\n\r\n`), Buffer.from(content), Buffer.from("\r\n")]);
const END = Buffer.from("--b--\r\n");

describe("a form as it comes in", () => {
  it("gives every byte back, however it is cut and whatever looks like a boundary in it", async () => {
    const tricky = fc.constantFrom("\r\n", "--", "\r\n--", "\r\n-", "--b", "\r", "b", "\0", "é");
    const content = fc
      .array(fc.oneof(tricky, fc.string({ maxLength: 5 })), { maxLength: 30 })
      .map((texts) => texts.join(""))
      .filter((text) => !`\r\n${text}\r\n`.includes("\r\n--b"));
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(content, content, sizes, async (first, second, cuts) => {
        const body = Buffer.concat([
          part('Content-Disposition: form-data; name="agentId"', first),
          part('content-disposition: form-data; name="file"; filename="a \\"b\\".pdf"', second),
          END,
        ]);
        expect(await readAll(body, "b", cuts)).toEqual([
          { name: "agentId", filename: null, content: Buffer.from(first) },
          { name: "file", filename: 'a "b".pdf', content: Buffer.from(second) },
        ]);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ["filename*=utf-8''Gr%C3%BC%C3%9Fe.txt", "Grüße.txt"],
    ["filename=\"Gr__e.txt\"; filename*=UTF-8'de'Gr%C3%BC%C3%9Fe.txt", "Grüße.txt"],
    ["filename=\"a.txt\"; filename*=utf-8''%FF", "a.txt"],
    ["filename=\"a.txt\"; filename*=koi8-r''%C1", "a.txt"],
  ])("reads names as older clients write them: %s", async (written, filename) => {
    const body = Buffer.concat([part(`Content-Disposition: form-data; name="file"; ${written}`, "x"), END]);
    expect(await readAll(body, "b")).toEqual([{ name: "file", filename, content: Buffer.from("x") }]);
  });

  it("reads what fetch makes of FormData", async () => {
    const form = new FormData();
    form.set("file", new File([new Uint8Array([0, 13, 10, 45, 45, 255])], "Bericht größer.pdf"));
    const request = new Request("http://localhost", { method: "POST", body: form });
    const boundary = formBoundary(request.headers.get("content-type") ?? "") ?? "";
    const body = Buffer.from(await request.arrayBuffer());
    expect(await readAll(body, boundary)).toEqual([
      { name: "file", filename: "Bericht größer.pdf", content: Buffer.from([0, 13, 10, 45, 45, 255]) },
    ]);
  });

  it("refuses what was cut off and what is no form", async () => {
    const whole = Buffer.concat([
      part('Content-Disposition: form-data; name="file"; filename="a"', "xyz"),
      END,
    ]);
    for (const length of [0, 3, 20, whole.length - 12, whole.length - 4]) {
      await expect(readAll(whole.subarray(0, length), "b")).rejects.toMatchObject({ code: "invalid" });
    }
    await expect(readAll(part("X-Other: 1", "x"), "b")).rejects.toMatchObject({ code: "invalid" });
    expect(formBoundary("application/pdf")).toBeNull();
    expect(() => formBoundary("multipart/form-data")).toThrow(/boundary/);
    await expect(readText(inPieces(Buffer.alloc(20), [5]), 10)).rejects.toMatchObject({ code: "invalid" });
  });
});
