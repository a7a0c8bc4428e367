import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { safeFetch } from "./safe-fetch";

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** Asks a server that answers each call with these very bytes, and then closes. */
async function asked(answer: string): Promise<Response> {
  const listening = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(`HTTP/1.1 ${answer}\r\ncontent-length: 2\r\n\r\nok`));
  });
  server = listening;
  const port = await new Promise<number>((resolve, reject) =>
    listening.listen(0, "127.0.0.1", () => {
      const address = listening.address();
      if (address && typeof address === "object") resolve(address.port);
      else reject(new Error("It has no port."));
    }),
  );
  const host = `127.0.0.1:${port}`;
  return safeFetch(`http://${host}/hook`, { method: "POST", body: "x" }, { trustedHosts: [host] });
}

describe("an answer that no browser would give", () => {
  it.each([
    ["200 成功", 200],
    ["200 a\u0001b", 200],
    ["404 見つかりません", 404],
  ])("is taken whatever words stand beside its status: %j", async (answer, status) => {
    const response = await asked(answer);
    expect([response.status, response.ok, await response.text()]).toEqual([status, status === 200, "ok"]);
  });

  it.each(["600 Odd", "999 Request denied"])(
    "keeps a status that the standard does not know: %s",
    async (answer) => {
      const response = await asked(answer);
      expect([response.status, response.ok, await response.text()]).toEqual([
        parseInt(answer, 10),
        false,
        "ok",
      ]);
    },
  );
});
