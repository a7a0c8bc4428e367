import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { parseJson, readBytes } from "./json-body";

const parse = (text: string) => parseJson(new TextEncoder().encode(text));

it("takes JSON as it is", () => {
  expect(parse('{"n": [1.5, -1e300, null], "text": "1e400"}')).toEqual({
    n: [1.5, -1e300, null],
    text: "1e400",
  });
});

it.each([
  ["1e400", "a number that is too large"],
  ['{"n": 1e400}', "a number that is too large"],
  ['{"list": [1, {"n": -1e999}]}', "a number that is too large"],
  [`${"[".repeat(66)}${"]".repeat(66)}`, "nested deeper than 64 levels"],
  ["{", "not valid JSON"],
])("refuses %s", (text, said) => {
  expect(() => parse(text)).toThrow(said);
});

it("takes a body that nobody has packed, and refuses one that was", async () => {
  const sent = (encoding: string) =>
    new Request("http://localhost", {
      method: "POST",
      body: gzipSync("{}"),
      headers: { "content-encoding": encoding },
    });
  await expect(readBytes(sent("gzip"))).rejects.toMatchObject({
    code: "invalid",
    reason: "content_encoding",
  });
  await expect(readBytes(sent("identity"))).resolves.toEqual(gzipSync("{}"));
});
