import { tool } from "ai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { chat, chatStream, hang, json, type Reply } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { Secret } from "@/lib/secrets/secret";
import { embed } from "./embed";
import { ModelCallError } from "./errors";
import { generate } from "./generate";
import type { ModelRef } from "./model-ref";
import { stream } from "./stream";

let stub: Provider;
const KEY = "sk-canary-0123456789";

beforeAll(async () => {
  stub = await startProvider();
});
afterAll(() => stub.close());

function refOf(provider: "openai" | "openai_compatible"): ModelRef {
  return {
    provider,
    modelKey: "our-key",
    providerModel: "stub-1",
    apiKey: new Secret(KEY),
    baseUrl: stub.baseUrl,
  };
}

async function failure(promise: Promise<unknown>): Promise<ModelCallError> {
  const error = await promise.then(
    () => new Error("it succeeded"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ModelCallError);
  return error as ModelCallError;
}

const callOf = (name: string, input: unknown) => ({
  tool_calls: [{ id: "t1", type: "function", function: { name, arguments: JSON.stringify(input) } }],
});

describe.each(["openai", "openai_compatible"] as const)("%s", (provider) => {
  const ask = (more = {}) => generate({ model: refOf(provider), system: "Be brief.", prompt: "Hi", ...more });

  it("asks with our parameters and key, and gives text, usage and our model key", async () => {
    stub.play(chat({ content: "Hello." }, { prompt_tokens: 11, completion_tokens: 7 }));
    const result = await ask({ temperature: 0.2, maxOutputTokens: 50 });
    expect(result).toMatchObject({
      text: "Hello.",
      usage: { inputTokens: 11, outputTokens: 7, cachedInputTokens: 0, totalTokens: 18 },
      usageTrusted: true,
      finishReason: "stop",
      modelKey: "our-key",
    });
    const [request] = stub.requests;
    expect(request?.path).toBe("/v1/chat/completions");
    expect(request?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(request?.body).toMatchObject({ model: "stub-1", temperature: 0.2 });
    expect(JSON.stringify(request?.body.messages)).toContain("Be brief.");
  });

  it.each([
    [429, { "retry-after": "7" }, true, 7_000],
    [429, { "retry-after-ms": "1500" }, true, 1_500],
    [500, {}, true, undefined],
    [503, {}, true, undefined],
    [408, {}, true, undefined],
    [409, {}, true, undefined],
    [400, {}, false, undefined],
    [401, {}, false, undefined],
    [404, {}, false, undefined],
    [422, {}, false, undefined],
  ])("HTTP %i %o: one request, retryable %s", async (status, headers, retryable, retryAfterMs) => {
    stub.play(json(status, { error: { message: `upstream says ${KEY}` } }, headers));
    const error = await failure(ask());
    expect([error.code, error.reason, error.retryable]).toEqual(["upstream", `http_${status}`, retryable]);
    expect(error.retryAfterMs).toBe(retryAfterMs);
    expect(error.message).not.toContain(KEY);
    expect(stub.requests).toHaveLength(1);
  });

  it("gives up a silent provider in time, and at once when cancelled", async () => {
    stub.play(hang);
    const late = await failure(ask({ timeoutMs: 120 }));
    expect([late.reason, late.retryable]).toEqual(["timeout", true]);
    stub.play(hang);
    const controller = new AbortController();
    const cancelled = failure(ask({ abortSignal: controller.signal }));
    controller.abort();
    expect([(await cancelled).code, (await cancelled).reason, (await cancelled).retryable]).toEqual([
      "precondition",
      "cancelled",
      false,
    ]);
  });

  it("calls a refused connection and a broken one retryable network failures", async () => {
    const nobody = { ...refOf(provider), baseUrl: "http://127.0.0.1:1/v1" };
    expect(await failure(generate({ model: nobody, prompt: "Hi" }))).toMatchObject({
      reason: "network",
      retryable: true,
    });
    stub.play((response) => response.destroy());
    expect(await failure(ask())).toMatchObject({ reason: "network", retryable: true });
  });

  it("does not take malformed JSON for an answer, nor follows a redirect", async () => {
    stub.play((response) =>
      response.writeHead(200, { "content-type": "application/json" }).end('{"choices": [{'),
    );
    expect(await failure(ask())).toMatchObject({ code: "upstream", reason: "bad_response" });
    stub.play((response) => response.writeHead(307, { location: "http://169.254.169.254/" }).end());
    await failure(ask());
    expect(stub.requests).toHaveLength(1);
  });

  it.each([
    ["negative", { prompt_tokens: -5, completion_tokens: 7 }],
    ["absurd", { prompt_tokens: 10, completion_tokens: 1e12 }],
    ["fractional", { prompt_tokens: 10.5, completion_tokens: 7 }],
    ["missing", null],
  ])("replaces %s usage by its own count and says so", async (_, usage) => {
    stub.play(chat({ content: "Hello there." }, usage));
    const result = await ask();
    expect(result.usageTrusted).toBe(false);
    for (const count of Object.values(result.usage)) {
      expect(Number.isSafeInteger(count) && count >= 0 && count < 100).toBe(true);
    }
  });

  it("runs tools until there is an answer, adding up the usage", async () => {
    const double = tool({
      inputSchema: z.object({ n: z.number() }),
      execute: async ({ n }) => ({ doubled: n * 2 }),
    });
    stub.play(chat(callOf("double", { n: 4 })), chat({ content: "It is 8." }));
    const result = await ask({ tools: { double } });
    expect(result).toMatchObject({ text: "It is 8.", usage: { inputTokens: 22, outputTokens: 14 } });
    expect(result.toolCalls).toEqual([{ id: "t1", name: "double", input: { n: 4 }, output: { doubled: 8 } }]);
    expect(JSON.stringify(stub.requests[1]?.body.messages)).toContain("doubled");
  });

  it("survives arguments that do not fit and tools that do not exist, and asks last without tools", async () => {
    const double = tool({ inputSchema: z.object({ n: z.number() }), execute: async ({ n }) => n * 2 });
    stub.play(chat(callOf("double", { n: "x" })), chat(callOf("nope", {})), chat({ content: "I cannot." }));
    const result = await ask({ tools: { double }, maxSteps: 3 });
    expect([result.text, result.steps.length]).toEqual(["I cannot.", 3]);
    expect(result.toolCalls.map((call) => call.error)).toEqual([
      "The model asked for it in a way it does not take.",
      "The model asked for a tool that it does not have.",
    ]);
    expect(stub.requests[2]?.body.tool_choice ?? "none").toBe("none");
  });

  it("keeps what was spent when a later step fails", async () => {
    const double = tool({ inputSchema: z.object({ n: z.number() }), execute: async ({ n }) => n * 2 });
    stub.play(chat(callOf("double", { n: 1 })), json(500, {}));
    const error = await failure(ask({ tools: { double } }));
    expect(error.partial).toMatchObject({ usage: { inputTokens: 11, outputTokens: 7 }, usageTrusted: true });
  });

  it("gives an object of the schema, after at most two corrections", async () => {
    const schema = z.object({ n: z.number() });
    stub.play(chat({ content: "not json" }), chat({ content: '{"n":"x"}' }), chat({ content: '{"n":3}' }));
    const result = await ask({ schema });
    expect(result.object).toEqual({ n: 3 });
    expect(result.usage.inputTokens).toBe(33);
    expect(stub.requests[0]?.body.response_format).toMatchObject({ type: "json_schema" });
    stub.play(...Array.from({ length: 5 }, () => chat({ content: "never" })));
    expect(await failure(ask({ schema }))).toMatchObject({ reason: "bad_output", retryable: false });
    expect(stub.requests).toHaveLength(3);
  });

  it("an object cut at the longest answer is asked for once: it would be cut, and paid for, each time", async () => {
    const cutAnswer = [
      { choices: [{ index: 0, delta: { role: "assistant", content: '{"n": 1' }, finish_reason: null }] },
      { choices: [{ index: 0, delta: {}, finish_reason: "length" }] },
      { choices: [], usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } },
    ];
    const lines = cutAnswer.map((chunk) => `data: ${JSON.stringify({ id: "c1", ...chunk })}\n\n`).join("");
    const reply: Reply = (response) =>
      response.writeHead(200, { "content-type": "text/event-stream" }).end(`${lines}data: [DONE]\n\n`);
    stub.play(reply, reply, reply);
    const error = await failure(ask({ schema: z.object({ n: z.number() }) }));
    expect(stub.requests).toHaveLength(1);
    expect(error).toMatchObject({ reason: "answer_cut", retryable: false });
    expect(error.message).toContain("longest answer");
    expect(error.partial.usage).toMatchObject({ inputTokens: 11, outputTokens: 7 });
  });

  it.each([
    [
      400,
      { message: "This model's maximum context length is 128000 tokens.", code: "context_length_exceeded" },
    ],
    [400, { message: "the request exceeds the available context size, try increasing it", code: 400 }],
  ])("HTTP %i of a question that is too long for the model says so: %o", async (status, error) => {
    stub.play(json(status, { error }));
    const said = await failure(ask());
    expect(said).toMatchObject({ reason: "context_exceeded", retryable: false });
    expect(said.message).toContain("longer than the model can read");
  });

  it("streams as it comes and ends with the provider's usage", async () => {
    stub.play(chatStream(["Hel", "lo", "."], "done"));
    const answer = stream({ model: refOf(provider), prompt: "Hi" });
    const deltas: string[] = [];
    for await (const delta of answer.textStream) deltas.push(delta);
    expect(deltas).toEqual(["Hel", "lo", "."]);
    expect(await answer.result).toMatchObject({
      text: "Hello.",
      usage: { inputTokens: 9, outputTokens: 4 },
      usageTrusted: true,
    });
  });

  it.each(["cut", "error"] as const)(
    "a stream that ends with %s is a failure that keeps the text and its own count",
    async (end) => {
      stub.play(chatStream(["One ", "two "], end));
      const answer = stream({ model: refOf(provider), prompt: "Hi" });
      const error = await failure(answer.result);
      expect(error.code).toBe("upstream");
      expect(error.retryable).toBe(true);
      expect(error.partial.text).toBe("One two ");
      expect(error.partial.usageTrusted).toBe(false);
      expect(error.partial.usage.outputTokens).toBeGreaterThan(0);
    },
  );

  it("half an answer whose stream ends without breaking is a failure, and what it used is kept", async () => {
    const begun = { id: "c1", object: "chat.completion.chunk", created: 1, model: "stub" };
    const chunk = { ...begun, choices: [{ index: 0, delta: { content: "Half an" }, finish_reason: null }] };
    stub.play((response) =>
      response
        .writeHead(200, { "content-type": "text/event-stream" })
        .end(`data: ${JSON.stringify(chunk)}\n\n`),
    );
    const error = await failure(ask());
    expect(error).toMatchObject({ reason: "bad_response", retryable: true, partial: { text: "Half an" } });
    expect(error.partial.usage.inputTokens).toBeGreaterThan(0);
    expect(error.partial.usageTrusted).toBe(false);
  });

  it("a call for an object that is cut tells what it had used by then", async () => {
    stub.play(chatStream(['{"city":', ' "Par'], "hang"));
    const schema = z.object({ city: z.string() });
    const error = await failure(ask({ prompt: "Where?", schema, timeoutMs: 200 }));
    expect(error).toMatchObject({
      reason: "timeout",
      partial: { text: '{"city": "Par', usageTrusted: false },
    });
    expect(error.partial.usage.inputTokens).toBeGreaterThan(0);
    expect(error.partial.usage.outputTokens).toBeGreaterThan(0);
  });

  it("a stream that falls silent ends at the deadline", async () => {
    stub.play(chatStream(["One "], "hang"));
    const error = await failure(stream({ model: refOf(provider), prompt: "Hi", timeoutMs: 200 }).result);
    expect([error.reason, error.partial.text]).toEqual(["timeout", "One "]);
  });

  it("embeds in 768 dimensions and refuses anything else", async () => {
    const vectors = (size: number) =>
      json(200, {
        object: "list",
        model: "stub",
        data: [{ object: "embedding", index: 0, embedding: Array(size).fill(0.1) }],
        usage: { prompt_tokens: 3, total_tokens: 3 },
      });
    stub.play(vectors(768));
    const result = await embed({ model: refOf(provider), values: ["a"] });
    expect([result.vectors[0]?.length, result.usage.inputTokens]).toEqual([768, 3]);
    expect(stub.requests[0]?.body).toMatchObject({ dimensions: 768 });
    stub.play(vectors(1536));
    expect(await failure(embed({ model: refOf(provider), values: ["a"] }))).toMatchObject({
      reason: "bad_output",
      retryable: false,
    });
  });
});

describe("a provider that is not set up", () => {
  it("is a precondition a person can act on", async () => {
    for (const provider of ["openai", "openai_compatible"] as const) {
      const error = await failure(generate({ model: { provider, modelKey: "x" }, prompt: "Hi" }));
      expect([error.code, error.reason]).toEqual(["precondition", "provider_not_configured"]);
    }
  });
});
