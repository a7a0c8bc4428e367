import { afterAll, beforeAll, expect, it } from "vitest";
import { chatStream, json } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { runPlayground } from "./playground";
import { getStep } from "./step-queries";
import { addStubModel, seedRunPrices } from "./testing";

withTestDatabase();

let stub: Provider;
let modelKey: string;
beforeAll(async () => {
  stub = await startProvider();
  await seedRunPrices();
  modelKey = await addStubModel(stub.baseUrl);
});
afterAll(() => stub.close());

it("shows in the trace of an answer what its model was sent, also where that failed or was stopped", async () => {
  const { admin } = await makeTenant();
  const ada = createAgentInput.parse({ name: "Ada", role: "You help customers.", llmConfig: { modelKey } });
  const { id: agentId } = await createAgent(admin, ada);
  const messages = [
    { role: "user", content: "What is 6 * 7?" },
    { role: "assistant", content: "42" },
    { role: "user", content: "And\u0000 8 * 7?" },
  ] as const;
  const stop = new AbortController();
  stub.play(chatStream(["56"], "done"), json(400, {}), chatStream(["5"], "hang"));
  const ended: unknown[] = [];
  for (const abortSignal of [undefined, undefined, stop.signal]) {
    const asked = { agentId, messages, ...(abortSignal ? { abortSignal } : {}) };
    const { executionId, events, answer } = await runPlayground(admin, asked);
    const read = async () => {
      for await (const event of events) if (event.type === "text" && abortSignal) stop.abort();
    };
    await Promise.allSettled([read(), answer]);
    ended.push(await getStep(admin, { executionId, nodeId: "agent" }));
  }
  const sent = {
    systemPrompt: expect.stringContaining("You help customers."),
    messages: [messages[0], messages[1], { role: "user", content: "And 8 * 7?" }],
    retrieved: [],
  };
  expect(ended).toMatchObject([
    { status: "completed", ...sent },
    { status: "failed", ...sent },
    { status: "cancelled", ...sent },
  ]);
});
