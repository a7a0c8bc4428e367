import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { systemRates } from "@/db/schema/billing";
import { aiModels } from "@/db/schema/config";
import { creditHolds } from "@/db/schema/wallets";
import { until } from "@/inngest/engine/testing";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { addDocument, unpricedEmbeddingModel } from "@/lib/knowledge/testing";
import { microsFromNumeric } from "@/lib/money";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { getWallet } from "@/lib/wallet/queries";
import { brokenMoney, give, prepaidTenant, use } from "@/lib/wallet/testing";
import { testNode } from "@/lib/workflows/graph-testing";
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
