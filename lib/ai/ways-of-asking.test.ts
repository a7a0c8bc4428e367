import { tool } from "ai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { chat, chatStream, hang, json, type Reply, toolCall } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { ModelCallError } from "./errors";
import { generate } from "./generate";

let stub: Provider;
beforeAll(async () => {
  stub = await startProvider();
});
afterAll(() => stub.close());

const read = tool({ inputSchema: z.object({}), execute: async () => "nothing" });
const SPENT = {
  usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
  usageTrusted: false,
};

/** The start of an answer, whose stream then ends as if it were whole. */
function beginning(delta: Record<string, unknown>): Reply {
  const chunk = { id: "c1", choices: [{ index: 0, delta, finish_reason: null }] };
  return (response) =>
    response
      .writeHead(200, { "content-type": "text/event-stream" })
      .end(`data: ${JSON.stringify(chunk)}\n\n`);
}

// A question with tools goes another way through the SDK than one without: what goes wrong is told in the same words.
describe.each([
  ["without tools", {}],
  ["with tools", { tools: { read } }],
])("a model that is asked %s", (_, way) => {
  const ask = (more = {}) =>
    generate({
      model: {
        provider: "openai_compatible",
        modelKey: "our-key",
        providerModel: "stub-1",
        baseUrl: stub.baseUrl,
      },
      prompt: "Hi",
      ...way,
      ...more,
    });
  const failure = async (promise: Promise<unknown>) => {
    const error = await promise.catch((thrown: unknown) => thrown);
    if (!(error instanceof ModelCallError)) throw new Error("it did not fail as a call of a model does");
    return error;
  };

  it("answers", async () => {
    stub.play(chat({ content: "Hello." }, { prompt_tokens: 11, completion_tokens: 7 }));
    expect(await ask()).toMatchObject({
      text: "Hello.",
      finishReason: "stop",
      usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 },
      usageTrusted: true,
      firstTokenMs: expect.any(Number),
      steps: [{ text: "Hello.", toolCalls: [] }],
    });
  });

  it("refuses, and is asked once", async () => {
    stub.play(json(429, {}, { "retry-after": "7" }), chat({ content: "Never." }));
    const error = await failure(ask());
    expect(error).toMatchObject({ reason: "http_429", retryable: true, retryAfterMs: 7_000 });
    expect(error.partial.usage.totalTokens).toBe(0);
    expect(stub.requests).toHaveLength(1);
  });

  it.each([
    ["breaks off", chatStream(["One ", "two "], "cut"), "One two "],
    ["tells of an error in its stream", chatStream(["One ", "two "], "error"), "One two "],
    ["stops half way as if that were all", beginning({ content: "Half an" }), "Half an"],
    ["stops when it has only thought", beginning({ reasoning_content: "Let me think about this." }), ""],
  ])("%s: what it had used is kept", async (_how, reply, text) => {
    stub.play(reply);
    const error = await failure(ask());
    expect(error).toMatchObject({ code: "upstream", retryable: true, partial: { text, ...SPENT } });
    expect(error.partial.usage.inputTokens).toBeGreaterThan(0);
    expect(error.partial.usage.outputTokens).toBeGreaterThan(0);
  });

  it("falls silent, before its answer and within", async () => {
    for (const [reply, text] of [
      [hang, ""],
      [chatStream(["One "], "hang"), "One "],
    ] as const) {
      stub.play(reply);
      expect(await failure(ask({ timeoutMs: 200 }))).toMatchObject({ reason: "timeout", partial: { text } });
    }
  });

  it("is stopped within its answer, at once", async () => {
    const controller = new AbortController();
    stub.play((response, ...rest) => {
      chatStream(["One "], "hang")(response, ...rest);
      controller.abort();
    });
    expect(await failure(ask({ abortSignal: controller.signal }))).toMatchObject({
      code: "precondition",
      reason: "cancelled",
    });
  });

  it("asks for a tool that it does not have", async () => {
    stub.play(chat(toolCall("nope", { a: 1 })), chat({ content: "Well then." }));
    const [call] = (await ask()).toolCalls;
    expect(call).toMatchObject({
      name: "nope",
      input: { a: 1 },
      error: "The model asked for a tool that it does not have.",
    });
  });
});
