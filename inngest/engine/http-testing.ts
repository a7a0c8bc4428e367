import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Inngest } from "inngest";
import { serve } from "inngest/node";
import type { Subject } from "./conformance-testing";
import { Engine } from "./engine";
import type { EngineDatabase } from "./port";
import type { TestFunctions } from "./testing";

const silent = { info() {}, warn() {}, error() {}, debug() {} };
/** What the engine itself complains of is never expected in a test. */
const loud = { ...silent, warn: console.warn, error: console.error };
const HOST = "127.0.0.1";
const PATH = "/api/inngest";

/** An app that is served on a port of its own and known to a server. */
export interface ServedApp extends Subject {
  close: () => Promise<void>;
}

type Define = (inngest: Inngest, note: <T>(name: string, value: T) => T, schedule?: string) => TestFunctions;

interface Served {
  id: string;
  baseUrl: string;
  isExact: boolean;
  schedule?: string;
  /** The server's; without them the SDK is in its dev mode. */
  keys?: { eventKey: string; signingKey: string };
}

/** Serves functions over HTTP and has them registered with the server at `baseUrl`. */
export async function servedApp(
  define: Define,
  { id, baseUrl, isExact, schedule, keys }: Served,
): Promise<ServedApp> {
  const notes = new Map<string, unknown[]>();
  const noted = (name: string) => notes.get(name) ?? [];
  const inngest: Inngest = new Inngest({
    id,
    baseUrl,
    logger: silent,
    isDev: !keys,
    ...(keys ?? { eventKey: "test" }),
  });
  const note = <T>(name: string, value: T) => {
    notes.set(name, [...noted(name), value]);
    return value;
  };
  const functions = define(inngest, note, schedule);
  const { server, url } = await listen(serve({ client: inngest, functions, enableUnauthedSync: true }));
  const registered = await fetch(`${url}${PATH}`, { method: "PUT" });
  if (!registered.ok) {
    throw new Error(`${baseUrl} did not take the functions: ${registered.status} ${await registered.text()}`);
  }
  return {
    id,
    isExact,
    send: (name, data = {}, extra = {}) => inngest.send({ name: `${id}/${name}`, data, ...extra }),
    noted,
    close: () => closed(server),
  };
}

/** The embedded engine behind the part of an Inngest server's HTTP that apps speak to. */
export interface EmbeddedServer {
  url: string;
  close: () => Promise<void>;
}

/** Serves events, checkpoints and the registration of one app; calls that app over HTTP, where it said it is. */
export async function embeddedServer(db: EngineDatabase): Promise<EmbeddedServer> {
  let engine: Engine | undefined;
  const options = { db, log: loud, backstopMs: 1_000, backoffMs: () => 50 };
  const sender = new Engine({ ...options, handler: target("http://unregistered.test") });
  const { server, url } = await listen(async (request, response) => {
    const body = await text(request);
    if (request.url?.startsWith("/fn/register")) {
      engine = new Engine({ ...options, handler: target((JSON.parse(body) as { url: string }).url) });
      await engine.start();
      return answer(response, Response.json({ ok: true, modified: true }));
    }
    const headers = Object.entries(request.headers).filter(([, value]) => typeof value === "string");
    const sent = new Request(`${url}${request.url}`, {
      method: request.method ?? "GET",
      headers: headers as [string, string][],
      ...(body ? { body } : {}),
    });
    return answer(response, await (engine ?? sender).fetch(sent));
  });
  return {
    url,
    close: async () => {
      await engine?.stop(2_000);
      await closed(server);
    },
  };
}

const target = (url: string) => ({ url, signingKey: `signkey-test-${"5c".repeat(32)}`, send: fetch });

async function listen(
  onRequest: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => void onRequest(request, response));
  // Who asks closes what is idle: a busy machine would send into a connection that is closed at the same moment.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return { server, url: `http://${HOST}:${(server.address() as AddressInfo).port}` };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

async function answer(response: ServerResponse, from: Response): Promise<void> {
  response.writeHead(from.status, Object.fromEntries(from.headers));
  response.end(await from.text());
}
