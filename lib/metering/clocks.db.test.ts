import { and, eq, isNull, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { ledgerEntries, systemRates } from "@/db/schema/billing";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { handler } from "@/inngest/serve";
import { retrieve } from "@/lib/knowledge/retrieve";
import { addDocument, seedEmbeddingModel } from "@/lib/knowledge/testing";
import { startRun } from "@/lib/runs/commands/start";
import { runPlayground } from "@/lib/runs/playground";
import { findStrays } from "@/lib/runs/sweep";
import {
  addSmallModel,
  chain,
  llmNode,
  makeAgent,
  publishGraph,
  SMALL_MODEL,
  seedRunPrices,
  transformNode,
} from "@/lib/runs/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";

withTestDatabase();

const EMBEDDING = "internal-embedding";
const TEN_MINUTES = 600_000;
const OFF = [-TEN_MINUTES, TEN_MINUTES] as const;
let tenant: TestTenant;
beforeAll(async () => {
  await seedRunPrices();
  await seedEmbeddingModel();
  await threePrices({ resourceType: "workflow_node", modelKey: null }, ["0.000300", "0.000500"]);
  await threePrices({ resourceType: "embedding_tokens", modelKey: EMBEDDING }, ["0.700000", "0.900000"]);
  await startEmbedded(handler);
});
afterAll(() => embedded().engine.stop(2_000));
beforeEach(async () => {
  tenant = await makeTenant();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The clock of this process, and of nothing else, is so far off. */
function beOff(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

/** The prices of a thing, by the database's clock: another one since five minutes, and another one in five minutes. */
async function threePrices(
  thing: { resourceType: string; modelKey: string | null },
  [present, coming]: readonly [string, string],
): Promise<void> {
  const { resourceType, modelKey } = thing;
  const unit = resourceType === "workflow_node" ? "node" : "1M_tokens";
  const [since, until] = [sql<Date>`now() - interval '5 minutes'`, sql<Date>`now() + interval '5 minutes'`];
  await asPlatform(await makePlatform(), async (tx) => {
    await tx
      .update(systemRates)
      .set({ effectiveTo: since })
      .where(
        and(
          eq(systemRates.resourceType, resourceType),
          modelKey === null ? isNull(systemRates.modelKey) : eq(systemRates.modelKey, modelKey),
        ),
      );
    await tx.insert(systemRates).values([
      { ...thing, unit, rate: present, effectiveFrom: since, effectiveTo: until },
      { ...thing, unit, rate: coming, effectiveFrom: until },
    ]);
  });
}

/** What was used, at which price, and how many seconds ago by the database's clock. */
function used() {
  return asWorker(tenant.job, (tx) =>
    tx
      .select({
        resource: ledgerEntries.resourceType,
        rate: ledgerEntries.tenantRate,
        secondsAgo: sql<number>`extract(epoch from now() - ${ledgerEntries.occurredAt})`.mapWith(Number),
      })
      .from(ledgerEntries)
      .where(eq(ledgerEntries.tenantId, tenant.tenantId)),
  );
}

const isOfNow = (secondsAgo: number) => secondsAgo >= 0 && secondsAgo < 300;

// What is embedded has the clock of its process, and one connection.
describe.runIf(testServerUrl())("a process whose clock is off", () => {
  it.each(OFF)("by %d ms bills a run that only computes when it ran, at the price of then", async (ms) => {
    const workflowId = await publishGraph(
      tenant.admin,
      "Computes",
      chain([transformNode("t", { text: "x" })], "{{ t.text }}"),
    );
    beOff(ms);
    const started = await startRun(tenant.admin, { workflowId, useDraft: false, input: { text: "a" } });
    expect(started.status).toBe("completed");
    vi.useRealTimers();
    const rows = await used();
    expect(rows.map(({ rate }) => rate)).toEqual(["0.000300", "0.000300", "0.000300"]);
    expect(rows.filter(({ secondsAgo }) => !isOfNow(secondsAgo))).toEqual([]);
  });

  it.each(OFF)("by %d ms bills a search when it was made, at the price of then", async (ms) => {
    await addDocument(tenant, "house.txt", "The house is green.");
    const before = (await used()).length;
    beOff(ms);
    expect(await retrieve(tenant.member, { query: "What colour is the house?", topK: 5 })).toHaveLength(1);
    vi.useRealTimers();
    const rows = (await used()).slice(before);
    expect(rows).toMatchObject([{ resource: "embedding_tokens", rate: "0.700000" }]);
    expect(rows.filter(({ secondsAgo }) => !isOfNow(secondsAgo))).toEqual([]);
  });

  it("behind starts runs of what has had a price for minutes only", async () => {
    await addSmallModel({ input: "0.200000", output: "0.800000" });
    await asPlatform(await makePlatform(), (tx) =>
      tx
        .update(systemRates)
        .set({ effectiveFrom: sql`now() - interval '5 minutes'` })
        .where(eq(systemRates.modelKey, SMALL_MODEL)),
    );
    const workflowId = await publishGraph(
      tenant.admin,
      "New",
      chain([llmNode("ask", SMALL_MODEL)], "{{ ask.text }}"),
    );
    beOff(-TEN_MINUTES);
    const request = { workflowId, useDraft: false, input: { text: "a" } };
    expect(await startRun(tenant.admin, request)).toMatchObject({ isNew: true });
  });

  it.each(OFF)("by %d ms gives an answer in the playground the time that it may take", async (ms) => {
    const agentId = await makeAgent(tenant.admin, `Ada ${ms}`);
    beOff(ms);
    const { executionId, answer } = await runPlayground(tenant.admin, {
      agentId,
      messages: [{ role: "user", content: "What is 6 * 7?" }],
    });
    const [run] = await asWorker(tenant.job, (tx) =>
      tx
        .select({
          leftSeconds: sql<number>`extract(epoch from ${executions.deadlineAt} - now())`.mapWith(Number),
          secondsAgo: sql<number>`extract(epoch from now() - ${executions.startedAt})`.mapWith(Number),
        })
        .from(executions)
        .where(eq(executions.id, executionId)),
    );
    const strays = await findStrays();
    vi.useRealTimers();
    await answer;
    expect(strays.filter((stray) => stray.executionId === executionId)).toEqual([]);
    expect(run?.leftSeconds).toBeGreaterThan(180);
    expect(run?.leftSeconds).toBeLessThanOrEqual(240);
    expect(isOfNow(run?.secondsAgo ?? -1)).toBe(true);
  });
});
