import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type StubRequest = { path: string; headers: IncomingHttpHeaders; body: Record<string, unknown> };
export type StubReply = (response: ServerResponse, request: StubRequest) => unknown;

/** A model provider on loopback that does what the script says: one entry for each request, in order. */
export async function startStubProvider() {
  const requests: StubRequest[] = [];
  let script: StubReply[] = [];
  const server = createServer(async (incoming, response) => {
    let text = "";
    for await (const chunk of incoming) text += chunk;
    const body = JSON.parse(text || "{}") as Record<string, unknown>;
    const request = { path: incoming.url ?? "", headers: incoming.headers, body };
    requests.push(request);
    const next = script.shift();
    if (next) await next(response, request);
    else response.writeHead(500).end('{"error":{"message":"the script is over"}}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    play(...replies: StubReply[]) {
      requests.length = 0;
      script = replies;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): StubReply {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
}

export type StubUsage = { prompt_tokens?: number; completion_tokens?: number } | null;

/** A chat completion; `message` may carry tool calls. */
export function chat(
  message: Record<string, unknown>,
  usage: StubUsage = { prompt_tokens: 11, completion_tokens: 7 },
): StubReply {
  const finish = "tool_calls" in message ? "tool_calls" : "stop";
  return json(200, {
    id: "c1",
    object: "chat.completion",
    created: 1,
    model: "stub",
    choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason: finish }],
    ...(usage === null ? {} : { usage: { total_tokens: 0, ...usage } }),
  });
}

/** Server-sent chunks of a chat completion; `end` decides how the stream ends. */
export function chatStream(words: readonly string[], end: "done" | "cut" | "hang" | "error"): StubReply {
  return async (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (data: unknown) =>
      new Promise<void>((resolve) => response.write(`data: ${JSON.stringify(data)}\n\n`, () => resolve()));
    const chunk = (delta: unknown, finish: string | null = null) =>
      send({
        id: "c1",
        object: "chat.completion.chunk",
        created: 1,
        model: "stub",
        choices: [{ index: 0, delta, finish_reason: finish }],
      });
    for (const word of words) await chunk({ role: "assistant", content: word });
    if (end === "hang") return;
    if (end === "cut") {
      // Let the chunks leave before the connection breaks.
      setImmediate(() => response.destroy());
      return;
    }
    if (end === "error") await send({ error: { message: "overloaded", type: "server_error", code: 503 } });
    else {
      await chunk({}, "stop");
      await send({
        id: "c1",
        choices: [],
        usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 },
      });
    }
    response.end("data: [DONE]\n\n");
  };
}
