import { expect, it } from "vitest";
import { readUpload } from "./upload";

/** What a file is called whose name stands in a header of these bytes. */
async function namedBy(bytes: Buffer): Promise<string> {
  const headers = { "x-filename": bytes.toString("latin1") };
  const request = new Request("http://localhost", { method: "POST", body: "text", headers });
  return (await readUpload(request, {})).input.filename;
}

it.each([
  ["percent-encoded", Buffer.from("Gr%C3%B6%C3%9Fe%20100%25.txt"), "Größe 100%.txt"],
  ["in UTF-8", Buffer.from("Größe.txt"), "Größe.txt"],
  ["in UTF-8 with a percent sign that encodes nothing", Buffer.from("Größe 100%.txt"), "Größe 100%.txt"],
  ["in Latin-1", Buffer.from("Größe 100%.txt", "latin1"), "Größe 100%.txt"],
])("the name of a file is read from its header %s", async (_, bytes, name) => {
  expect(await namedBy(bytes)).toBe(name);
});

it.each(["text/plain", "multipart/form-data; boundary=x"])(
  "an upload as %s whose sender hangs up is no failure of ours",
  async (type) => {
    const pull = (controller: ReadableStreamDefaultController) => controller.error(new Error("aborted"));
    const headers = { "content-type": type, "x-filename": "a.txt" };
    const body = new ReadableStream({ pull });
    const request = new Request("http://localhost", { method: "POST", headers, body, ...{ duplex: "half" } });
    const read = async () => {
      const { source } = await readUpload(request, {});
      return Array.fromAsync(source as AsyncIterable<Uint8Array>);
    };
    await expect(read()).rejects.toMatchObject({ code: "invalid", reason: "body_cut_off" });
  },
);
