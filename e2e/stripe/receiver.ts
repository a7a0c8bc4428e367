import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What came to a receiver, byte for byte. */
export type Received = { body: string; signature: string };

/** A place for webhooks that keeps what comes and answers what it is told to. */
export type Receiver = {
  readonly url: string;
  readonly received: readonly Received[];
  /** The types of the events that came, in order. */
  types(): string[];
  /** The statuses of the next answers; then 200. */
  answer(...statuses: number[]): void;
  close(): Promise<void>;
};

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let statuses: number[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    received.push({ body, signature: String(request.headers["stripe-signature"]) });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  // Who asks closes what is idle: a busy machine would send into a connection that is closed at the same moment.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    types: () => received.map(({ body }) => JSON.parse(body).type),
    answer: (...next) => {
      statuses = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
