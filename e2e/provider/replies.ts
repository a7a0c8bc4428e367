import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProviderRequest } from "./journal";

/** Answers one request. What it leaves unfinished stays open, as a provider that hangs would. */
export type Reply = (response: ServerResponse, request: ProviderRequest) => unknown;

export type Usage = Record<string, unknown> | null;

export const hang: Reply = () => undefined;

/** Breaks the connection: the caller sees a reset, not an end. */
export const cut: Reply = (response, request) => {
  request.end = "broken";
  response.socket?.resetAndDestroy();
};

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return raw(status, JSON.stringify(body), headers);
}

/** A body that need not be JSON, although its type says so. */
export function raw(status: number, body: string | Buffer, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  };
}

export function after(ms: number, reply: Reply): Reply {
  return async (response, request) => {
    await sleep(ms);
    if (!response.destroyed) await reply(response, request);
  };
}

/** One byte of the body every `ms`, until it is complete or the caller has had enough. */
export function drip(body: string, ms: number, type = "application/json"): Reply {
  return async (response) => {
    response.writeHead(200, { "content-type": type });
    for (const byte of Buffer.from(body)) {
      if (response.destroyed) return;
      response.write(Buffer.of(byte));
      await sleep(ms);
    }
    response.end();
  };
}

/** Sends half of the body and breaks the connection. */
export function cutHalfway(body: string): Reply {
  return (response, request) => {
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
    });
    response.write(body.slice(0, body.length / 2), () => setImmediate(() => cut(response, request)));
  };
}

function completion(message: Record<string, unknown>, usage: Usage): Record<string, unknown> {
  const finish = "tool_calls" in message ? "tool_calls" : "stop";
  return {
    id: "c1",
    object: "chat.completion",
    created: 1,
    model: "stub",
    choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason: finish }],
    ...(usage === null ? {} : { usage: { total_tokens: 0, ...usage } }),
  };
}

const USAGE: Usage = { prompt_tokens: 11, completion_tokens: 7 };

export function completionText(content: string, usage: Usage = USAGE): string {
  return JSON.stringify(completion({ content }, usage));
}

/** A chat completion, in one piece or as a stream, as it was asked for; `message` may carry tool calls. */
export function chat(message: Record<string, unknown>, usage: Usage = USAGE): Reply {
  const whole = completion(message, usage);
  return (response, request) => {
    if (request.body.stream !== true) return json(200, whole)(response, request);
    response.writeHead(200, { "content-type": "text/event-stream" }).end(streamOf(message, usage));
  };
}

/** The whole stream of such an answer. */
export function streamOf(message: Record<string, unknown>, usage: Usage = USAGE): string {
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : null;
  const delta = calls ? { tool_calls: calls.map((call, index) => ({ index, ...call })) } : message;
  const chunks = [
    chunkOf({ role: "assistant", ...delta }),
    chunkOf({}, calls ? "tool_calls" : "stop"),
    ...(usage === null ? [] : [{ id: "c1", choices: [], usage: { total_tokens: 0, ...usage } }]),
  ];
  const text = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
  return `${text}data: [DONE]\n\n`;
}

function chunkOf(delta: unknown, finish: string | null = null): Record<string, unknown> {
  return {
    id: "c1",
    object: "chat.completion.chunk",
    created: 1,
    model: "stub",
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

/** An answer that calls a tool. */
export function toolCall(name: string, input: unknown): Record<string, unknown> {
  return {
    tool_calls: [{ id: "t1", type: "function", function: { name, arguments: JSON.stringify(input) } }],
  };
}

type StreamEnd = "done" | "cut" | "hang" | "error";

/** Server-sent chunks of a chat completion, `gapMs` apart; `end` decides how the stream ends. */
export function chatStream(words: readonly string[], end: StreamEnd, gapMs = 0): Reply {
  return async (response, request) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (data: unknown) =>
      new Promise<void>((resolve) => response.write(`data: ${JSON.stringify(data)}\n\n`, () => resolve()));
    const chunk = (delta: unknown, finish: string | null = null) => send(chunkOf(delta, finish));
    for (const word of words) {
      if (response.destroyed) return;
      await chunk({ role: "assistant", content: word });
      if (gapMs > 0) await sleep(gapMs);
    }
    if (end === "hang") return;
    // Let the chunks leave before the connection breaks.
    if (end === "cut") return void setImmediate(() => cut(response, request));
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

/** Embeddings of the size asked for, one for each input. */
export const embeddings: Reply = (response, request) => {
  const { input, dimensions } = request.body;
  const inputs = Array.isArray(input) ? input : [input];
  const size = typeof dimensions === "number" ? dimensions : 768;
  const data = inputs.map((text, index) => ({
    object: "embedding",
    index,
    embedding: Array.from({ length: size }, (_, at) => Math.sin(at + String(text).length)),
  }));
  const tokens = 3 * inputs.length;
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return json(200, { object: "list", model: "stub", data, usage })(response, request);
};
