import { and, eq, like } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asPlatform, asTenant, asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { ledgerEntries, systemRates } from "@/db/schema/billing";
import { aiModels, systemConfigs } from "@/db/schema/config";
import { documentChunks, documents } from "@/db/schema/knowledge";
import { modelCalls } from "@/db/schema/model-calls";
import { chatStream, json } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { createAgent, setAgentActive } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { lexicalEmbedding } from "@/lib/ai/internal/embedding";
import { newId } from "@/lib/ids";
import { PROVIDER_CONFIG_KEYS } from "@/lib/models/provider-config";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { costRange } from "./cost-range";
import { runPlayground } from "./playground";
import { playgroundOutcome, playgroundRunOf } from "./playground-outcome";

withTestDatabase();

const [mini, stubbed, unpriced, vectors] = ["mini", "stubbed", "unpriced", "vectors"].map(
  (name) => `${name}-${newId()}`,
) as [string, string, string, string];
let stub: Provider;
let tenant: TestTenant;

beforeAll(async () => {
  stub = await startProvider();
  const platform = await makePlatform();
  const rate = { unit: "1M_tokens", effectiveFrom: new Date(0) };
  await asPlatform(platform, async (tx) => {
    await tx.insert(aiModels).values([
      { modelKey: mini, modelName: "Mini", provider: "internal", modelType: "text" },
      { modelKey: stubbed, modelName: "Stub", provider: "openai_compatible", modelType: "text" },
      { modelKey: unpriced, modelName: "Unpriced", provider: "internal", modelType: "text" },
      { modelKey: vectors, modelName: "Vectors", provider: "internal", modelType: "embedding" },
    ]);
    await tx.insert(systemConfigs).values({
      key: PROVIDER_CONFIG_KEYS.openai_compatible.baseUrl,
      value: stub.baseUrl,
      isEncrypted: false,
    });
    for (const modelKey of [mini, stubbed]) {
      await tx.insert(systemRates).values([
        { ...rate, modelKey, resourceType: "text_tokens_input", rate: "1.000000" },
        { ...rate, modelKey, resourceType: "text_tokens_output", rate: "4.000000" },
      ]);
    }
    await tx
      .insert(systemRates)
      .values({ ...rate, modelKey: vectors, resourceType: "embedding_tokens", rate: "0.100000" });
  });
});
afterAll(() => stub.close());
beforeEach(async () => {
  tenant = await makeTenant();
});

async function hire(modelKey: string, config: Record<string, unknown> = {}): Promise<string> {
  const input = createAgentInput.parse({
    name: `Agent ${newId()}`,
    role: "You help customers.",
    llmConfig: { modelKey, ...config },
  });
  return (await createAgent(tenant.admin, input)).id;
}

const asking = (agentId: string, content: string) => ({
  agentId,
  messages: [{ role: "user" as const, content }],
});

async function recorded(executionId: string) {
  return asWorker(tenant.job, async (tx) => ({
    run: (await tx.select().from(executions).where(eq(executions.id, executionId)))[0],
    steps: await tx.select().from(executionSteps).where(eq(executionSteps.executionId, executionId)),
    calls: await tx.select().from(modelCalls).where(eq(modelCalls.executionId, executionId)),
    ledger: await tx.select().from(ledgerEntries).where(eq(ledgerEntries.executionId, executionId)),
  }));
}

async function addDocument(text: string): Promise<string> {
  const id = newId();
  await asWorker(tenant.job, async (tx) => {
    await tx.insert(documents).values({
      id,
      tenantId: tenant.tenantId,
      filename: "returns.md",
      fileType: "md",
      sha256: id,
      storageKey: id,
      uploadStatus: "completed",
      stage: "completed",
      embeddingModelKey: vectors,
    });
    await tx.insert(documentChunks).values({
      tenantId: tenant.tenantId,
      documentId: id,
      chunkIndex: "0",
      position: 0,
      content: text,
      tokenCount: 20,
      embedding: lexicalEmbedding(text),
    });
  });
  return id;
}

describe("the playground", () => {
  it("answers from the documents, cites them, and writes run, call and ledger once", async () => {
    const documentId = await addDocument("Customers may return any product within 30 days of delivery.");
    const agentId = await hire(mini, { knowledge: { mode: "all" } });
    const run = await runPlayground(
      tenant.member,
      asking(agentId, "How many days do customers have to return a product?"),
    );
    let streamed = "";
    for await (const event of run.events) if (event.type === "text") streamed += event.text;
    const answer = await run.answer;
    expect(streamed).toBe(answer.text);
    expect(answer.text).toContain("30 days");
    expect(answer.citations).toMatchObject([{ number: 1, documentId, filename: "returns.md" }]);
    const { run: row, steps, calls, ledger } = await recorded(run.executionId);
    expect(row).toMatchObject({
      status: "completed",
      trigger: "playground",
      agentId,
      startedBy: tenant.memberId,
    });
    expect(steps).toMatchObject([{ nodeId: "agent", status: "completed", output: { text: answer.text } }]);
    expect(calls.map((call) => `${call.purpose} ${call.status}`).sort()).toEqual([
      "embedding settled",
      "playground settled",
    ]);
    expect(ledger.map((entry) => [entry.resourceType, entry.unit]).sort()).toEqual([
      ["embedding_tokens", "1M_tokens"],
      ["text_tokens_input", "1M_tokens"],
      ["text_tokens_output", "1M_tokens"],
    ]);
    const cost = ledger.reduce((sum, entry) => sum + BigInt(entry.tenantCost.replace(".", "")), 0n);
    expect(answer.costMicros).toBe(cost);
    const output = ledger.find((entry) => entry.resourceType === "text_tokens_output");
    expect(output?.tenantCost).toBe(((answer.usage.outputTokens * 4) / 1e6).toFixed(6));
    expect(output).toMatchObject({ agentId, userId: tenant.memberId, nodeId: "agent", modelKey: mini });
  });

  it("searches by itself when it has the tool, and calculates", async () => {
    await addDocument("The support line is open from nine to five on weekdays.");
    const agentId = await hire(mini, {
      tools: ["knowledge_search", "calculator"],
      knowledge: { mode: "all" },
    });
    const found = await (await runPlayground(tenant.admin, asking(agentId, "When is the support line open?")))
      .answer;
    expect(found.text).toContain("nine to five");
    expect(found.citations).toHaveLength(1);
    const sum = await runPlayground(tenant.admin, asking(agentId, "What is 12 * 7?"));
    const calls: string[] = [];
    for await (const event of sum.events) if (event.type === "tool-call") calls.push(event.name);
    expect([(await sum.answer).text, calls]).toEqual(["12 * 7 = 84", ["calculator"]]);
  });

  it("a provider that fails ends the run as failed and bills nothing", async () => {
    const agentId = await hire(stubbed);
    stub.play(json(500, {}));
    const run = await runPlayground(tenant.admin, asking(agentId, "Hi"));
    await expect(run.answer).rejects.toMatchObject({ code: "upstream", reason: "http_500" });
    const { run: row, steps, calls, ledger } = await recorded(run.executionId);
    expect(row).toMatchObject({ status: "failed", errorCode: "http_500" });
    expect([steps[0]?.status, calls[0]?.status, ledger.length]).toEqual(["failed", "failed", 0]);
  });

  it("a stopped answer keeps its text, ends as cancelled and bills what was said", async () => {
    const agentId = await hire(stubbed);
    stub.play(chatStream(["One ", "two "], "hang"));
    const controller = new AbortController();
    const run = await runPlayground(tenant.admin, {
      ...asking(agentId, "Count"),
      abortSignal: controller.signal,
    });
    const read = async () => {
      for await (const event of run.events)
        if (event.type === "text" && event.text === "two ") controller.abort();
    };
    await expect(read()).rejects.toMatchObject({ reason: "cancelled" });
    await expect(run.answer).rejects.toMatchObject({ reason: "cancelled" });
    const { run: row, calls, ledger } = await recorded(run.executionId);
    expect(row).toMatchObject({ status: "cancelled", resultData: { text: "One two " } });
    expect(calls[0]?.outputTokens).toBeGreaterThan(0);
    expect(ledger).toHaveLength(2);
    expect(ledger[0]?.entryMetadata).toContain("counted by us");
  });

  it("tells whoever left an answer how it ended and what it cost", async () => {
    const [agentId, other] = [await hire(stubbed), await hire(stubbed)];
    const outcome = (executionId: string, of = agentId) =>
      playgroundOutcome(tenant.member, { agentId: of, executionId }, new AbortController().signal);
    const controller = new AbortController();
    const late = { ...asking(agentId, "Count"), abortSignal: controller.signal };
    stub.play(chatStream(["One ", "two"], "done"));
    const whole = await runPlayground(tenant.admin, late);
    const answer = await whole.answer;
    controller.abort();
    const { usage, latencyMs, firstTokenMs, costMicros } = answer;
    const { inputTokens, outputTokens } = usage;
    const facts = { inputTokens, outputTokens, latencyMs, firstTokenMs, costMicros: `${costMicros}` };
    expect(await outcome(whole.executionId)).toEqual({
      type: "done",
      text: "One two",
      citations: [],
      finishReason: "stop",
      facts: { executionId: whole.executionId, ...facts },
    });
    await expect(outcome(whole.executionId, other)).rejects.toMatchObject({ code: "not_found" });

    stub.play(chatStream(["One "], "hang"));
    const stopped = await runPlayground(tenant.admin, asking(agentId, "Count"));
    const asked = outcome(stopped.executionId);
    const stop = async () => {
      for await (const event of stopped.events)
        if (event.type === "text") await cancelRun(tenant.admin, { executionId: stopped.executionId });
    };
    await expect(stop()).rejects.toMatchObject({ reason: "cancelled" });
    const ended = await asked;
    const { ledger } = await recorded(stopped.executionId);
    const cost = ledger.reduce((sum, entry) => sum + BigInt(entry.tenantCost.replace(".", "")), 0n);
    expect(cost).toBeGreaterThan(0n);
    expect(ended).toMatchObject({ type: "stopped", facts: { outputTokens: 2, costMicros: `${cost}` } });
  });

  it("leads to the run of a question that was stopped before its id was told, and asks no question twice", async () => {
    const [agentId, other] = [await hire(stubbed), await hire(stubbed)];
    const questionKey = newId();
    const stopped = AbortSignal.abort();
    const found = playgroundRunOf(tenant.admin, { agentId, questionKey }, new AbortController().signal);
    const question = { ...asking(agentId, "Count"), questionKey };
    const run = runPlayground(tenant.admin, { ...question, abortSignal: stopped });
    await expect(run.then(({ answer }) => answer)).rejects.toMatchObject({ reason: "cancelled" });
    const { run: row } = await recorded(await found);
    expect(row?.status).toBe("cancelled");
    await expect(runPlayground(tenant.admin, question)).rejects.toMatchObject({ code: "conflict" });
    const notTheirs = [
      playgroundRunOf(tenant.admin, { agentId: other, questionKey }, stopped),
      playgroundRunOf(tenant.member, { agentId, questionKey }, stopped),
    ];
    const refused = { status: "rejected", reason: { code: "not_found" } };
    expect(await Promise.allSettled(notTheirs)).toMatchObject([refused, refused]);
  });

  it("a run that is cancelled in the console stops, stays cancelled and bills what was said", async () => {
    const agentId = await hire(stubbed);
    stub.play(chatStream(["One "], "hang"));
    const run = await runPlayground(tenant.admin, asking(agentId, "Count"));
    const read = async () => {
      for await (const event of run.events)
        if (event.type === "text") await cancelRun(tenant.admin, { executionId: run.executionId });
    };
    await expect(read()).rejects.toMatchObject({ reason: "cancelled" });
    await expect(run.answer).rejects.toMatchObject({ reason: "cancelled" });
    const { run: row, steps, ledger } = await recorded(run.executionId);
    expect([row?.status, steps[0]?.status, ledger.length]).toEqual(["cancelled", "cancelled", 2]);
  });

  it("refuses before anything is written: no price, a retired model, inactive, another workspace's agent", async () => {
    const agentId = await hire(mini);
    const stranger = await makeTenant();
    await expect(runPlayground(stranger.admin, asking(agentId, "Hi"))).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(runPlayground(tenant.admin, asking(await hire(unpriced), "Hi"))).rejects.toMatchObject({
      reason: "rate_missing",
    });
    const retired = await hire(unpriced);
    await asPlatform(await makePlatform(), (tx) =>
      tx.update(aiModels).set({ isActive: false }).where(eq(aiModels.modelKey, unpriced)),
    );
    const ofRetired = expect.objectContaining({ reason: "model_unavailable" });
    await expect(runPlayground(tenant.admin, asking(retired, "Hi"))).rejects.toEqual(ofRetired);
    const ofApi = { agentId: retired, input: { prompt: "Hi" } };
    await expect(startRun(tenant.admin, ofApi)).rejects.toEqual(ofRetired);
    const estimate = costRange(tenant.admin, { agentId: retired, inPlayground: true });
    await expect(estimate).rejects.toEqual(ofRetired);
    await setAgentActive(tenant.admin, { agentId, isActive: false });
    await expect(runPlayground(tenant.admin, asking(agentId, "Hi"))).rejects.toMatchObject({
      reason: "agent_inactive",
    });
    const rows = await asTenant(tenant.admin, (tx) =>
      tx
        .select()
        .from(executions)
        .where(and(eq(executions.tenantId, tenant.tenantId), like(executions.trigger, "playground"))),
    );
    expect(rows).toEqual([]);
  });
});
