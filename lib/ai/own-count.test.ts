import { tool } from "ai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { chat, chatStream, json, type Reply, toolCall } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { embed } from "./embed";
import { ModelCallError } from "./errors";
import { generate } from "./generate";
import type { ModelRef } from "./model-ref";

let stub: Provider;
beforeAll(async () => {
  stub = await startProvider();
});
afterAll(() => stub.close());

const modelOf = ({ baseUrl }: Provider): ModelRef => ({
  provider: "openai_compatible",
  modelKey: "our-key",
  providerModel: "stub-1",
  baseUrl,
});

const ask = (more = {}) => generate({ model: modelOf(stub), prompt: "Hi", ...more });

async function failure(promise: Promise<unknown>): Promise<ModelCallError> {
  const error = await promise.catch((thrown: unknown) => thrown);
  if (!(error instanceof ModelCallError)) throw new Error("it did not fail as a call of a model does");
  return error;
}

/** The start of a stream, which then hangs. */
function beginning(delta: Record<string, unknown>): Reply {
  const begun = { id: "c1", object: "chat.completion.chunk", created: 1, model: "stub" };
  const chunk = { ...begun, choices: [{ index: 0, delta, finish_reason: null }] };
  return (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
}

describe("where a provider does not say what an answer used, our count is of", () => {
  it("what was sent in each round, what tools gave included", async () => {
    const long = "lorem ipsum ".repeat(1_000);
    const read = tool({ inputSchema: z.object({}), execute: async () => long });
    stub.play(chat(toolCall("read", {}), null), chat({ content: "I have read it." }, null));
    const result = await ask({ tools: { read } });
    expect(result.usageTrusted).toBe(false);
    const [first = 0, second] = result.steps.map((step) => step.usage.inputTokens);
    expect(second).toBeGreaterThan(first + 2_000);
    stub.play(chat(toolCall("read", {}), null), chatStream(["I have "], "cut"));
    const cut = await failure(ask({ tools: { read } }));
    expect(cut.partial.usage.inputTokens).toBeGreaterThan(2_000);
  });

  it("what the model thought too", async () => {
    const thoughts = "Let me think about this. ".repeat(100);
    stub.play(chat({ content: "Yes.", reasoning_content: thoughts }, null));
    const { usage } = await ask();
    expect(usage.outputTokens).toBeGreaterThan(400);
  });

  it.each<[string, Record<string, unknown>]>([
    ["thought", { reasoning_content: "Let me think about this for a while." }],
    ["asked for a tool", toolCall("read", { of: "everything that is there" })],
  ])("what an answer that is cut had used when the model had only %s", async (_, begun) => {
    const read = tool({ inputSchema: z.object({ of: z.string() }), execute: async () => "nothing" });
    stub.play(beginning(begun));
    const cut = await failure(ask({ tools: { read }, timeoutMs: 300 }));
    expect(cut).toMatchObject({ reason: "timeout", partial: { text: "", usageTrusted: false } });
    expect(cut.partial.usage.inputTokens).toBeGreaterThan(0);
    expect(cut.partial.usage.outputTokens).toBeGreaterThan(3);
  });

  it.each<[string, Record<string, unknown> | null]>([
    ["nothing", null],
    ["zero", { prompt_tokens: 0, total_tokens: 0 }],
  ])("what was embedded, where %s is said of it", async (_, usage) => {
    const data = [{ object: "embedding", index: 0, embedding: Array(768).fill(0.1) }];
    stub.play(json(200, { object: "list", model: "stub", data, usage }));
    const result = await embed({ model: modelOf(stub), values: ["how long may a delivery take?"] });
    expect(result.usageTrusted).toBe(false);
    expect(result.usage.inputTokens).toBeGreaterThan(3);
  });
});
