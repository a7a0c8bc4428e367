import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { safeFetch } from "./safe-fetch";

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** The first lines of what the server was asked. */
let calls: string[] = [];

/** Asks a server that answers one call after the other with these very bytes, and closes after each. */
async function asked(...answers: string[]): Promise<Response> {
  calls = [];
  const listening = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (data) => {
      calls.push(data.toString().split("\r\n")[0] ?? "");
      socket.end(`HTTP/1.1 ${answers[calls.length - 1]}\r\ncontent-length: 2\r\n\r\nok`);
    });
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

  it("leads to the page it names, also where it is not written as an address is", async () => {
    const response = await asked("302 Found\r\nlocation: /報告?q=é", "200 OK");
    expect(response.status).toBe(200);
    expect(calls[1]).toBe("GET /%E5%A0%B1%E5%91%8A?q=%C3%A9 HTTP/1.1");
  });
});
