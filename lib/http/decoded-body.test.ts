import { once } from "node:events";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import { safeFetch } from "./safe-fetch";

/** Encodes its answer as often as its address says. */
const server = createServer((request, response) => {
  const layers = Array.from({ length: Number(request.url?.slice(1)) }, () => "gzip");
  const body = layers.reduce((inner) => gzipSync(inner), Buffer.from("plain text"));
  response.writeHead(200, { "content-encoding": layers.join(", ") }).end(body);
});
let host: string;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  host = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (layers: number) =>
  safeFetch(`http://${host}/${layers}`, {}, { allowHttp: true, trustedHosts: [host] });

it("decodes an answer that was encoded a few times, and refuses one that was over and over: each layer takes memory", async () => {
  expect(await (await ask(5)).text()).toBe("plain text");
  const refusal: unknown = await ask(6).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(AppError);
  expect(refusal).toMatchObject({ code: "upstream", reason: "too_many_encodings", retryable: false });
});
