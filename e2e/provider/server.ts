import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Journal, type ProviderRequest } from "./journal";
import { json, type Reply } from "./replies";
import { scenarioReply } from "./scenarios";

/** A model provider and a plain HTTP service on loopback that do what they are told, and remember what they were asked. */
export type Provider = {
  /** `http://127.0.0.1:port`; its `host` is what OUTBOUND_ALLOW takes. */
  readonly origin: string;
  readonly host: string;
  /** Where the OpenAI-compatible API begins. */
  readonly baseUrl: string;
  readonly journal: Journal;
  readonly requests: readonly ProviderRequest[];
  /** From now on does this, one entry for each request; what comes after the last is answered with 500. */
  play(...replies: Reply[]): void;
  /** Forgets the script and the journal: requests say again themselves what is to become of them. */
  reset(): void;
  close(): Promise<void>;
};

function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

async function read(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
  return text;
}

const scriptIsOver = json(500, { error: { message: "the script is over" } });

/** Starts the provider. Without a script every request says what is to become of it: see `scenarios.ts`. */
export async function startProvider(): Promise<Provider> {
  const journal = new Journal();
  let script: Reply[] | null = null;
  const server = createServer(async (incoming, response) => {
    let noted: ProviderRequest | undefined;
    try {
      const text = await read(incoming);
      const { method = "", url = "", headers } = incoming;
      const request = journal.note({ method, path: url, headers, body: parseObject(text), text });
      noted = request;
      Object.defineProperty(request, "status", {
        get: () => (response.headersSent ? response.statusCode : null),
      });
      response.on("close", () => {
        request.endedAt = performance.now();
        if (request.end === "open") request.end = response.writableFinished ? "answered" : "left";
      });
      const reply = script ? (script.shift() ?? scriptIsOver) : scenarioReply(request);
      await reply(response, request);
    } catch (error) {
      // The caller went away while it was being read or answered.
      if (!incoming.destroyed && noted?.end === "open")
        response.destroy(error instanceof Error ? error : undefined);
    }
  });
  // Who asks closes what is idle: a busy machine would send into a connection that is closed at the same moment.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${host}`,
    host,
    baseUrl: `http://${host}/v1`,
    journal,
    requests: journal.requests,
    play: (...replies) => {
      journal.clear();
      script = replies;
    },
    reset: () => {
      journal.clear();
      script = null;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
