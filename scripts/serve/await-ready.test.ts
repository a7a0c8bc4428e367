import { once } from "node:events";
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../child";
import { awaitReady } from "./await-ready";

const SOON = { patienceMs: 0, everyMs: 10, hasEnded: () => false };

test("a server that lacks something goes on, says once what it is, and is ready when that is back", async () => {
  const parts = { database: "ok", engine: "starting", storage: "failing" };
  let isBack = false;
  const server = createServer((_, response) =>
    response.writeHead(isBack ? 200 : 503).end(JSON.stringify({ status: "", parts })),
  ).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : "";
  const told: string[] = [];
  const tellLate = (missing: string) => {
    told.push(missing);
    isBack = true;
  };
  expect(await awaitReady(`http://127.0.0.1:${port}`, { ...SOON, tellLate })).toBe(true);
  expect(told).toEqual(["engine is starting, storage is failing"]);
  isBack = false;
  const hasEnded = () => told.length === 2;
  const untilEnded = { ...SOON, hasEnded, tellLate: (missing: string) => void told.push(missing) };
  expect(await awaitReady(`http://127.0.0.1:${port}`, untilEnded)).toBe(false);
});

test("a server that does not answer at all has not started", async () => {
  const told: string[] = [];
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  expect(await awaitReady(nowhere, { ...SOON, tellLate: (missing) => void told.push(missing) })).toBe(false);
  expect(told).toEqual([]);
});
