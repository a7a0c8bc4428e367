import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { chat, json } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { start } from "./commands/testing";
import { DRIVE_MS, driveRun } from "./drive";
import { type RunMessage, runEvents } from "./events";
import { inside, line, mapNode, treeOf } from "./nested-testing";
import { driveOn } from "./paid-testing";
import { listRuns } from "./queries";
import { getStep } from "./step-queries";
import { listParts, listSteps } from "./step-windows";
import { addStubModel, llmNode, publishGraph, seedRunPrices } from "./testing";

withTestDatabase();

let stub: Provider;
let model: string;
beforeAll(async () => {
  stub = await startProvider();
  await seedRunPrices();
  model = await addStubModel(stub.baseUrl);
});
afterAll(() => stub.close());

it("says of a map and of its run that items are tried again, and why, until they have gone on", async () => {
  const tenant = await makeTenant();
  const scope = tenant.admin;
  const ask = {
    ...llmNode("ask", model, "{{ item }}"),
    policy: { retry: { attempts: 3, backoff: "fixed", firstWaitMs: 60_000 } },
  } as const;
  const graph = line([mapNode("each", '["a", "b", "c"]', { maxParallel: 2 })], { more: inside("each", ask) });
  const executionId = await start(tenant, await publishGraph(scope, "Each", graph));
  await driveOn(tenant, executionId);
  const items = (await treeOf(tenant, executionId)).filter(({ id }) => id !== executionId);
  expect(items).toHaveLength(2);

  const seen = async () => {
    const step = (await listSteps(scope, { executionId, offset: 0 })).steps.find(
      ({ nodeId }) => nodeId === "each",
    );
    const { parts } = await listParts(scope, { executionId, stepId: step?.id ?? "", offset: 0 });
    const run = (await listRuns(scope)).items.find(({ id }) => id === executionId);
    expect((await getStep(scope, { executionId, nodeId: "each" })).retrying).toEqual(step?.retrying);
    expect(run?.retrying).toEqual(step?.retrying);
    return { retrying: step?.retrying, parts: parts.map(({ retryMessage }) => retryMessage) };
  };
  /** The wait before an item's next attempt is over. */
  const tryAgain = async (itemId: string) => {
    await asWorker(tenant.job, (tx) =>
      tx
        .update(executionSteps)
        .set({ leaseUntil: new Date(0) })
        .where(eq(executionSteps.executionId, itemId)),
    );
    await driveRun(tenant.job, itemId, { budgetMs: DRIVE_MS });
  };
  expect(await seen()).toEqual({ retrying: null, parts: [null, null] });

  stub.play(json(503, {}));
  await driveRun(tenant.job, items[0]?.id ?? "", { budgetMs: DRIVE_MS });
  const message = "The model's provider has a problem.";
  expect(await seen()).toEqual({ retrying: { count: 1, message }, parts: [message, null] });
  stub.play(json(503, {}));
  await driveRun(tenant.job, items[1]?.id ?? "", { budgetMs: DRIVE_MS });
  expect(await seen()).toEqual({ retrying: { count: 2, message }, parts: [message, message] });

  const told = runEvents(scope, executionId, { signal: AbortSignal.timeout(30_000) });
  const news = async () => {
    const message: RunMessage | null | undefined = (await told.next()).value;
    return message?.steps.find(({ nodeId }) => nodeId === "each")?.retrying?.message;
  };
  expect(await news()).toBe(message);
  stub.play(json(429, {}));
  await tryAgain(items[0]?.id ?? "");
  // Its items stand as before: whoever looks is told all the same what went wrong now.
  expect(await news()).toMatch(/slow/);

  stub.play(chat({ content: "Hello" }, { prompt_tokens: 1, completion_tokens: 1 }));
  await tryAgain(items[0]?.id ?? "");
  expect(await seen()).toMatchObject({ retrying: { count: 1, message }, parts: [null, message, null] });
});
