import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import type { Resolver } from "./guarded-agent";
import { safeFetch } from "./safe-fetch";

let server: Server;
let other: Server;
let origin: string;
let otherOrigin: string;
let isDripOver: Promise<unknown> = Promise.resolve();
let hits: { url: string; method: string; headers: IncomingHttpHeaders; body: string }[] = [];

function listen(target: Server): Promise<string> {
  return new Promise((resolve) => {
    target.listen(0, "127.0.0.1", () =>
      resolve(`http://127.0.0.1:${(target.address() as AddressInfo).port}`),
    );
  });
}

const ENCODED: Record<string, (text: string) => Buffer> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  "deflate, gzip": (text) => gzipSync(deflateSync(text)),
  rot13: (text) => Buffer.from(text),
};

function makeServer(): Server {
  return createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? "/", "http://x");
    hits.push({ url: url.pathname, method: request.method ?? "", headers: request.headers, body });
    const to = url.searchParams.get("to");
    if (to) response.writeHead(Number(url.searchParams.get("status") ?? 302), { location: to }).end();
    else if (url.pathname === "/loop") response.writeHead(302, { location: "/loop" }).end();
    else if (url.pathname === "/big") response.end(Buffer.alloc(200_000));
    else if (url.pathname === "/bomb") {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(5_000_000)));
    } else if (url.pathname === "/encoded") {
      const encoding = url.searchParams.get("as") ?? "";
      const headers = { "content-encoding": encoding, "set-cookie": ["a=1", "b=2"] };
      response
        .writeHead(200, headers)
        .end(request.method === "HEAD" ? "" : ENCODED[encoding]?.("plain text"));
    } else if (url.pathname === "/nothing") response.writeHead(204, { "content-encoding": "gzip" }).end();
    else if (url.pathname === "/drip") {
      isDripOver = once(response, "close");
      response.write("a");
    } else if (url.pathname === "/hang") return;
    else response.end("ok");
  });
}

beforeAll(async () => {
  server = makeServer();
  other = makeServer();
  origin = await listen(server);
  otherOrigin = await listen(other);
});

afterAll(() => {
  for (const target of [server, other]) {
    target.closeAllConnections();
    target.close();
  }
});

beforeEach(() => {
  hits = [];
});

async function failure(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => new Error("it was allowed"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

const toLoopback: Resolver = async () => [{ address: "127.0.0.1", family: 4 }];

/** Ways to write an address inside a network, in URLs. PORT is the canary's. */
const HOSTILE = `
http://127.0.0.1/ http://127.0.0.1:PORT/ http://127.1/ http://127.1:PORT/ http://0/ http://0.0.0.0:PORT/ http://localhost:PORT/
http://2130706433/ http://2130706433:PORT/ http://0x7f000001/ http://0x7f.1/ http://0x7f.0.0.1:PORT/ http://017700000001/
http://0177.0.0.1/ http://127.0.0.1./ http://127.255.255.254/ http://①②⑦.⓪.⓪.①/ http://127。0。0。1/ http://[::1]/ http://[::1]:PORT/
http://[::]/ http://[0:0:0:0:0:0:0:1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:127.0.0.1]:PORT/ http://[::ffff:7f00:1]/
http://[0:0:0:0:0:ffff:169.254.169.254]/ http://[::127.0.0.1]/ http://[::ffff:0:127.0.0.1]/ http://[64:ff9b::127.0.0.1]/
http://[64:ff9b::7f00:1]/ http://[64:ff9b:1::7f00:1]/ http://[2002:7f00:1::]/ http://[2002:a9fe:a9fe::1]/
http://[2001:0:7f00:1::]/ http://[fe80::1]/ http://[fc00::1]/ http://[fd00:ec2::254]/ http://[fec0::1]/ http://[ff02::1]/
http://[100::1]/ http://[2001:db8::1]/ http://[3fff::1]/ http://[5f00::1]/ http://10.0.0.1/ http://172.16.0.1/
http://172.31.255.255/ http://192.168.1.1/ http://169.254.169.254/latest/meta-data/ http://168.63.129.16/
http://100.64.0.1/ http://198.18.0.1/ http://192.0.0.1/ http://192.0.2.1/ http://203.0.113.9/ http://224.0.0.1/ http://240.0.0.1/
http://255.255.255.255/ http://192.88.99.1/ http://canary.test/ http://canary.test:PORT/ http://user:pass@canary.test/
http://user@127.0.0.1:PORT/ https://127.0.0.1:PORT/ https://[::1]/ file:///etc/passwd gopher://127.0.0.1:PORT/_x
ftp://127.0.0.1/ data:text/plain,hello javascript:alert(1) blob:http://127.0.0.1/x //127.0.0.1/ http:// nonsense
`
  .trim()
  .split(/\s+/);

describe("safeFetch refuses", () => {
  it("has a list worth the name", () => expect(HOSTILE.length).toBeGreaterThanOrEqual(60));

  it.each(HOSTILE)("%s", async (template) => {
    const url = template.replaceAll("PORT", new URL(origin).port);
    const error = await failure(safeFetch(url, {}, { allowHttp: true, resolver: toLoopback }));
    expect([error.code, error.retryable]).toEqual(["invalid", false]);
    expect(hits).toEqual([]);
  });

  it("every address inside a network, whichever name it hides behind", async () => {
    const mixed: Resolver = async () => [
      { address: "93.184.216.34", family: 4 },
      { address: "10.0.0.5", family: 4 },
    ];
    for (const resolver of [
      toLoopback,
      mixed,
      async () => [{ address: "::ffff:127.0.0.1", family: 6 }],
      async () => [],
    ]) {
      const error = await failure(safeFetch("https://rebind.test/", {}, { resolver }));
      expect(error.reason).toBe("address_blocked");
    }
  });

  it("plain http unless it is asked for, and hosts that are not listed", async () => {
    expect((await failure(safeFetch("http://example.com/"))).reason).toBe("url_scheme");
    const listed = { onlyHosts: ["api.example.com"], resolver: toLoopback };
    expect((await failure(safeFetch("https://example.com/", {}, listed))).reason).toBe("host_not_listed");
    expect((await failure(safeFetch("https://api.example.com/", {}, listed))).reason).toBe("address_blocked");
  });

  it("an operator's host on another port", async () => {
    const trustedHosts = [new URL(origin).host];
    expect((await failure(safeFetch(otherOrigin, {}, { trustedHosts, allowHttp: true }))).code).toBe(
      "invalid",
    );
    expect(hits).toEqual([]);
  });
});

describe("a name that rebinds", () => {
  it("is judged by the answer the socket uses", async () => {
    let asked = 0;
    const alternating: Resolver = async () => {
      asked += 1;
      return [{ address: asked % 2 === 1 ? "203.0.113.1" : "127.0.0.1", family: 4 }];
    };
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const error = await failure(
        safeFetch("http://rebind.test/", {}, { allowHttp: true, resolver: alternating, timeoutMs: 2000 }),
      );
      expect(error.reason).toBe("address_blocked");
    }
    expect(asked).toBe(4);
    expect(hits).toEqual([]);
  });
});

describe("safeFetch with an operator's host", () => {
  const trusted = () => ({ trustedHosts: [new URL(origin).host, new URL(otherOrigin).host] });

  it("sends method, headers and body and gives a plain response", async () => {
    // Copied from a browser or a proxy, as people do.
    const connection = { connection: "Upgrade", "keep-alive": "5", expect: "100-continue", te: "gzip" };
    const framing = { host: "evil", "content-length": "3", "transfer-encoding": "gzip", upgrade: "h2c" };
    const headers = { authorization: "Bearer k", ...connection, ...framing };
    const init = { method: "post", headers, body: "payload" };
    const response = await safeFetch(`${origin}/echo`, init, trusted());
    expect([response.status, response.url, await response.text()]).toEqual([200, `${origin}/echo`, "ok"]);
    expect(hits[0]).toMatchObject({ method: "POST", body: "payload" });
    expect(hits[0]?.headers).toMatchObject({ authorization: "Bearer k", host: new URL(origin).host });
  });

  it("checks each redirect: an address inside the network is never asked", async () => {
    for (const to of [
      "http://127.0.0.1:1/",
      "http://[::1]/",
      "file:///etc/passwd",
      "http://169.254.169.254/",
    ]) {
      const url = `${origin}/hop?to=${encodeURIComponent(to)}`;
      const error = await failure(safeFetch(url, {}, { ...trusted(), allowHttp: true }));
      expect(error.code).toBe("invalid");
    }
    const error = await failure(
      safeFetch(`${origin}/hop?to=${otherOrigin}/canary`, {}, { trustedHosts: [new URL(origin).host] }),
    );
    expect(error.code).toBe("invalid");
    expect(hits.map((hit) => hit.url)).not.toContain("/canary");
  });

  it("drops every credential when the origin changes and keeps it when it does not", async () => {
    const headers = { authorization: "Bearer k", cookie: "a=b", "x-api-key": "k", accept: "text/plain" };
    await safeFetch(`${origin}/hop?to=${otherOrigin}/end`, { headers }, trusted());
    await safeFetch(`${origin}/hop?to=/end`, { headers }, trusted());
    const [, away, , home] = hits;
    expect(away?.headers.accept).toBe("text/plain");
    for (const name of ["authorization", "cookie", "x-api-key"]) expect(away?.headers[name]).toBeUndefined();
    expect(home?.headers).toMatchObject(headers);
  });

  it("turns a POST into a GET on 302 and repeats it on 307", async () => {
    for (const status of [302, 307]) {
      await safeFetch(`${origin}/hop?status=${status}&to=/end`, { method: "POST", body: "x" }, trusted());
    }
    expect(hits.map((hit) => `${hit.method} ${hit.body}`)).toEqual(["POST x", "GET ", "POST x", "POST x"]);
  });

  it("stops after three redirects", async () => {
    expect((await failure(safeFetch(`${origin}/loop`, {}, trusted()))).reason).toBe("too_many_redirects");
    expect(hits).toHaveLength(4);
  });

  it("hands a body on as it was before it was encoded, and every header that is still true", async () => {
    for (const encoding of Object.keys(ENCODED)) {
      const response = await safeFetch(`${origin}/encoded?as=${encodeURIComponent(encoding)}`, {}, trusted());
      expect([encoding, await response.text()]).toEqual([encoding, "plain text"]);
      expect(response.headers.get("content-encoding")).toBeNull();
      expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    }
    expect(hits[0]?.headers).toMatchObject({ accept: "*/*", "accept-encoding": "gzip, deflate, br" });
  });

  it("has no body to decode where there is none", async () => {
    const head = await safeFetch(`${origin}/encoded?as=gzip`, { method: "HEAD" }, trusted());
    const nothing = await safeFetch(`${origin}/nothing`, {}, trusted());
    expect([head.status, head.body, nothing.status, nothing.body]).toEqual([200, null, 204, null]);
  });

  it("keeps the connection of an answer without a body for the next call", async () => {
    let connections = 0;
    const count = () => {
      connections += 1;
    };
    await (await safeFetch(`${origin}/echo`, {}, trusted())).text();
    server.on("connection", count);
    for (let call = 0; call < 3; call += 1) await safeFetch(`${origin}/nothing`, {}, trusted());
    await (await safeFetch(`${origin}/echo`, {}, trusted())).text();
    server.off("connection", count);
    expect(connections).toBe(0);
  });

  it("names the kind of a body that has no name", async () => {
    await safeFetch(`${origin}/echo`, { method: "POST", body: new URLSearchParams({ a: "1 2" }) }, trusted());
    await safeFetch(`${origin}/echo`, { method: "POST", body: "text" }, trusted());
    await safeFetch(`${origin}/echo`, { method: "POST", body: Buffer.from("bytes") }, trusted());
    expect(hits.map(({ body, headers }) => [body, headers["content-type"]])).toEqual([
      ["a=1+2", "application/x-www-form-urlencoded;charset=UTF-8"],
      ["text", "text/plain;charset=UTF-8"],
      ["bytes", undefined],
    ]);
  });

  it("ends what it reads when nobody wants the body, before the first byte of it and after", async () => {
    for (const isRead of [false, true]) {
      const body = (
        await safeFetch(`${origin}/drip`, {}, { ...trusted(), timeoutMs: 60_000 })
      ).body?.getReader();
      if (isRead) expect(new TextDecoder().decode((await body?.read())?.value)).toBe("a");
      await body?.cancel();
      await isDripOver;
    }
  });

  it("caps the size, also of what was compressed", async () => {
    for (const path of ["/big", "/bomb"]) {
      const response = await safeFetch(`${origin}${path}`, {}, { ...trusted(), maxBytes: 100_000 });
      const error = await failure(response.arrayBuffer());
      expect([error.code, error.reason]).toEqual(["limit_exceeded", "response_too_large"]);
    }
  });

  it("caps the time of a silent server and of a dripping body", async () => {
    const options = { ...trusted(), timeoutMs: 150 };
    const silent = await failure(safeFetch(`${origin}/hang`, {}, options));
    const drip = await failure((await safeFetch(`${origin}/drip`, {}, options)).text());
    for (const error of [silent, drip]) expect([error.reason, error.retryable]).toEqual(["timeout", true]);
  });

  it("ends with the caller's own reason when the caller aborts", async () => {
    const controller = new AbortController();
    const promise = safeFetch(`${origin}/hang`, { signal: controller.signal }, trusted());
    controller.abort(new Error("run cancelled"));
    await expect(promise).rejects.toThrow("run cancelled");
  });

  it("calls a refused connection a retryable network failure", async () => {
    const error = await failure(safeFetch("http://127.0.0.1:1/", {}, { trustedHosts: ["127.0.0.1:1"] }));
    expect([error.code, error.reason, error.retryable]).toEqual(["upstream", "network", true]);
  });
});
