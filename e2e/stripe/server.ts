import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ZodError } from "zod";
import { Api, type JournalEntry } from "./api";
import { followIntent } from "./billing";
import { Clock } from "./clock";
import { runCommand } from "./control";
import { answerPage } from "./pages/pages";
import { followPage } from "./resources/checkout";
import { addEndpoint } from "./resources/events";
import { Webhooks } from "./webhooks";
import { World } from "./world";

/** Stripe on loopback: its API for the SDK, its pages for a browser, its webhooks for the product. */
export type StripeDouble = {
  /** `http://127.0.0.1:port`: where the API and the pages are. */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  /** Any test key is taken; these are as good as others. */
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly world: World;
  readonly api: Api;
  readonly webhooks: Webhooks;
  /** The calls that came, in order. */
  readonly calls: readonly JournalEntry[];
  close(): Promise<void>;
};

export type DoubleOptions = {
  /** 0 or nothing: any free port. */
  port?: number;
  /** Where webhooks go from the beginning, with secrets that are known on both sides. */
  endpoints?: readonly { url: string; secret: string; isConnect?: boolean }[];
};

const MAX_BODY = 1_000_000;
const TICK_MS = 250;

async function read(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) {
    text += chunk;
    if (text.length > MAX_BODY) throw new Error("the body is too large");
  }
  return text;
}

async function control(double: StripeDouble, body: string, response: ServerResponse): Promise<void> {
  const json = { "content-type": "application/json" };
  try {
    response.writeHead(200, json).end(JSON.stringify(await runCommand(double, body)));
  } catch (error) {
    if (!(error instanceof ZodError || error instanceof SyntaxError)) throw error;
    response.writeHead(400, json).end(JSON.stringify({ error: error.message }));
  }
}

/** Starts the double. It binds loopback alone, keeps everything in memory, and takes test keys only. */
export async function startStripe({ port = 0, endpoints = [] }: DoubleOptions = {}): Promise<StripeDouble> {
  const world = new World(new Clock());
  const webhooks = new Webhooks(world);
  const api = new Api(world, webhooks);
  world.onIntent = (intent) => {
    followIntent(world, intent);
    followPage(world, intent);
  };
  world.onSetup = (setup) => followPage(world, setup);
  for (const { url, secret, isConnect = false } of endpoints) {
    addEndpoint(world, { url, secret, isConnect, events: ["*"] });
  }

  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(incoming.url ?? "/", world.origin);
    if (incoming.method === "OPTIONS") {
      const allowed = { "access-control-allow-headers": "authorization, content-type, stripe-version" };
      response.writeHead(204, { "access-control-allow-origin": "*", ...allowed }).end();
      return;
    }
    const body = await read(incoming);
    if (pathname.startsWith("/v1/") || pathname.startsWith("/v2/"))
      await api.answer(incoming, body, response);
    else if (pathname === "/_double" && incoming.method === "POST") await control(double, body, response);
    else answerPage(world, incoming, body, response);
    world.clock.takeDue();
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      // The caller went away while it was being read or answered.
      if (!incoming.destroyed) console.error("the Stripe double failed:", error);
      response.destroy();
    });
  });
  // Who asks closes what is idle: a busy machine would send into a connection that is closed at the same moment.
  server.keepAliveTimeout = 0;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  const host = `127.0.0.1:${address.port}`;
  world.origin = `http://${host}`;
  const tick = setInterval(() => world.clock.takeDue(), TICK_MS).unref();
  const double: StripeDouble = {
    origin: world.origin,
    host,
    port: address.port,
    secretKey: "sk_test_ofTheDouble1",
    publishableKey: "pk_test_ofTheDouble1",
    world,
    api,
    webhooks,
    calls: api.journal,
    close: async () => {
      clearInterval(tick);
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return double;
}
