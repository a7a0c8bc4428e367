import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { systemRates } from "@/db/schema/billing";
import { aiModels } from "@/db/schema/config";
import { creditHolds } from "@/db/schema/wallets";
import { until } from "@/inngest/engine/testing";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { retrieve } from "@/lib/knowledge/retrieve";
import { addDocument, unpricedEmbeddingModel } from "@/lib/knowledge/testing";
import { microsFromNumeric } from "@/lib/money";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { listCaps } from "@/lib/wallet/caps/queries";
import { hold, release } from "@/lib/wallet/money-gatherer";
import { getWallet } from "@/lib/wallet/queries";
import { brokenMoney, give, prepaidTenant, use } from "@/lib/wallet/testing";
import { testNode } from "@/lib/workflows/graph-testing";
import { stepKeyOf } from "./billing";
import { DRIVE_MS, driveRun } from "./drive";
import { begin, publishChain } from "./faults/testing/scene";
import { runPlayground } from "./playground";
import { readRun } from "./testing";
import { wakePaid } from "./wake-paid";

withTestDatabase();

const DOLLAR = 1_000_000n;
const since = { effectiveFrom: new Date("2020-01-01") };
let tenant: TestTenant;
/** Only embedding costs something: a thousand dollars a million tokens. */
beforeAll(async () => {
  await unpricedEmbeddingModel();
  await asPlatform(await makePlatform(), (tx) =>
    tx.insert(systemRates).values([
      { ...since, resourceType: "workflow_node", unit: "node", rate: "0" },
      {
        ...since,
        resourceType: "embedding_tokens",
        unit: "1M_tokens",
        rate: "1000",
        modelKey: "internal-embedding",
      },
    ]),
  );
});
let paid: bigint;
beforeEach(async () => {
  tenant = await prepaidTenant();
  await giveMoney(DOLLAR);
  await addDocument(tenant, "terms.txt", "Refunds take five days.");
  paid = (await getWallet(tenant.admin)).balance;
});
afterEach(async () => {
  expect(await brokenMoney()).toEqual([]);
});

let gifts = 0;
const giveMoney = (amount: bigint) => {
  gifts += 1;
  return give(tenant, { kind: "topup", source: "paid", amount, key: `gift ${gifts}` });
};
/** Leaves nothing of it. */
const spendAll = () => use(tenant.job, [{ cost: paid }]);

async function driveOn(executionId: string): Promise<void> {
  const drive = async () =>
    (await driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS })).againMs === null;
  await until("the run to need no more", drive);
}

it("a step that only looks something up waits for the credit that this costs, and spends no more than that", async () => {
  const find = testNode("find", "retrieve", { query: "{{ input.text }}", topK: 3, documentIds: [] });
  const workflowId = await publishChain(tenant, [find]);
  await spendAll();
  const executionId = await begin(tenant, workflowId, "How long do refunds take?");
  await driveOn(executionId);
  const { run, steps, ledger, calls } = await readRun(tenant.admin, executionId);
  expect(run.status).toBe("waiting");
  const needed = microsFromNumeric(steps.find(({ nodeId }) => nodeId === "find")?.needed ?? "0");
  expect(needed).toBeGreaterThan(1_000n);
  // The input node is free.
  expect(ledger.map(({ tenantCost }) => tenantCost)).toEqual(["0.000000"]);
  expect(calls).toEqual([]);

  await giveMoney(needed - 1n);
  expect(await wakePaid(tenant.job)).toBe(0);
  await giveMoney(1n);
  expect(await wakePaid(tenant.job)).toBe(1);
  await driveOn(executionId);
  const ended = await readRun(tenant.admin, executionId);
  expect(ended.run.status).toBe("completed");
  const cost = ended.ledger.reduce((sum, row) => sum + microsFromNumeric(row.tenantCost), 0n);
  expect(cost).toBeGreaterThan(0n);
  expect(cost).toBeLessThanOrEqual(needed);
  expect(await getWallet(tenant.admin)).toMatchObject({ balance: needed - cost, held: 0n });
  const holds = await asWorker(tenant.job, (tx) =>
    tx.select({ status: creditHolds.status, stepId: creditHolds.stepId }).from(creditHolds),
  );
  expect(holds.filter(({ stepId }) => stepId !== null)).toHaveLength(1);
  expect(holds.filter(({ status }) => status === "open")).toEqual([]);
});

it("what a search within a step costs is no longer set aside for the step: its next attempt, and others, have it", async () => {
  const find = testNode("find", "retrieve", { query: "{{ input.text }}", topK: 3, documentIds: [] });
  const workflowId = await publishChain(tenant, [find]);
  await spendAll();
  const executionId = await begin(tenant, workflowId, "How long do refunds take?");
  await driveOn(executionId);
  const step = (await readRun(tenant.admin, executionId)).steps.find(({ nodeId }) => nodeId === "find");
  await giveMoney(DOLLAR);
  const place = { key: stepKeyOf(executionId, "find", 0), stepId: step?.id ?? null, executionId };
  const setAside = (amount: bigint) =>
    asWorker(tenant.job, async (tx) => hold(tx, tenant.job, place, amount));
  const cap = setCapInput.parse({ scope: "tenant", period: "day", amount: "5" });
  await setCap(tenant.admin, cap);
  const [before] = await listCaps(tenant.admin);
  await setAside(DOLLAR / 2n);
  const search = () =>
    retrieve(
      tenant.job,
      { query: "How long do refunds take?", topK: 3 },
      { source: { executionId, stepId: place.stepId }, usageKey: place.key, stepHoldKey: place.key },
    );
  await search();
  // The same search again costs nothing, and takes nothing.
  await search();
  const { balance, held } = await getWallet(tenant.admin);
  const cost = DOLLAR - balance;
  expect(cost).toBeGreaterThan(0n);
  expect(held).toBe(DOLLAR / 2n - cost);
  const [after] = await listCaps(tenant.admin);
  expect(after?.spent).toBe((before?.spent ?? 0n) + cost);
  expect(after?.held).toBe(DOLLAR / 2n - cost);
  expect(await brokenMoney()).toEqual([]);
  // A second attempt needs as much again, on top of what is left of the first.
  await setAside(held + DOLLAR / 2n);
  expect(await getWallet(tenant.admin)).toMatchObject({ balance, held: DOLLAR - cost, available: 0n });
  await asWorker(tenant.job, async (tx) => release(tx, tenant.job, place.key));
  expect(await getWallet(tenant.admin)).toMatchObject({ balance, held: 0n });
});

it("a playground that looks something up needs credit for that too", async () => {
  const platform = await makePlatform();
  const free = { ...since, unit: "1M_tokens", rate: "0", modelKey: "internal-text" };
  await asPlatform(platform, (tx) =>
    tx.insert(systemRates).values([
      { ...free, resourceType: "text_tokens_input" },
      { ...free, resourceType: "text_tokens_output" },
    ]),
  );
  await asPlatform(platform, (tx) =>
    tx
      .insert(aiModels)
      .values({ modelKey: "internal-text", modelName: "Text", provider: "internal", modelType: "text" }),
  );
  const { id } = await createAgent(
    tenant.admin,
    createAgentInput.parse({
      name: "Ada",
      role: "You answer.",
      llmConfig: { modelKey: "internal-text", knowledge: { mode: "all", documentIds: [], topK: 3 } },
    }),
  );
  await spendAll();
  const messages = [{ role: "user" as const, content: "How long do refunds take?" }];
  await expect(runPlayground(tenant.admin, { agentId: id, messages })).rejects.toMatchObject({
    reason: "needs_credit",
  });
});
