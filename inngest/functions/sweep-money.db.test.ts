import { beforeAll, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { executionSteps, executions } from "@/db/schema/ai";
import { until } from "@/inngest/engine/testing";
import { newId } from "@/lib/ids";
import { uploadDocument } from "@/lib/knowledge/commands/upload";
import { getDocument } from "@/lib/knowledge/queries";
import { MODEL_KEY, seedEmbeddingModel } from "@/lib/knowledge/testing";
import { setSystemRate } from "@/lib/rates/commands";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { creditWasAdded, pricesWereChanged } from "@/lib/wallet/changes";
import { give, prepaidTenant } from "@/lib/wallet/testing";
import { PATIENCE_MS, withRunningEngine } from "./testing";

withRunningEngine();
beforeAll(() => seedEmbeddingModel());

/** A run whose one step waits for credit. */
async function waitingRun(tenant: TestTenant): Promise<void> {
  const [id, wait] = [newId(), { tenantId: tenant.tenantId, status: "waiting", waitReason: "credit" }];
  await asWorker(tenant.job, async (tx) => {
    await tx.insert(executions).values({ ...wait, id, inputData: {} });
    await tx.insert(executionSteps).values({
      ...wait,
      id: newId(),
      executionId: id,
      nodeId: "ask",
      kind: "agent",
      name: "Ask",
      needed: "0.000001",
    });
  });
}

/** No step of the tenant can be written any more. */
async function refuseSteps(tenant: TestTenant): Promise<void> {
  const { pool } = await database();
  await pool.query(
    `create function refuse_step() returns trigger language plpgsql as
       $$ begin raise exception 'no step can be written'; end $$`,
  );
  await pool.query(
    `create trigger refused before update on execution_steps for each row
       when (new.tenant_id = '${tenant.tenantId}') execute function refuse_step()`,
  );
}

it("wakes the documents that wait for credit also when the runs beside them cannot be woken", async () => {
  const tenant = await prepaidTenant();
  const text = Buffer.from("A delivery is late after three days. ".repeat(50));
  const { document } = await uploadDocument(tenant.admin, { filename: "late.txt" }, text);
  const read = () => getDocument(tenant.admin, document.id);
  await until("the document to wait", async () => (await read()).waitReason === "credit", PATIENCE_MS);
  await waitingRun(tenant);
  await refuseSteps(tenant);

  await give(tenant, { kind: "grant", source: "promo", amount: 1_000_000n, key: "gift" });
  await creditWasAdded(tenant.tenantId);

  await until("the document to be done", async () => (await read()).status === "completed", PATIENCE_MS);
  const { pool } = await database();
  const { rows } = await pool.query(
    `select status from execution_steps where tenant_id = '${tenant.tenantId}'`,
  );
  expect(rows).toEqual([{ status: "waiting" }]);
});

it("has what waits for credit asked again when prices changed, so that it goes on with what is there", async () => {
  const tenant = await prepaidTenant();
  await give(tenant, { kind: "grant", source: "promo", amount: 1n, key: "gift" });
  const text = Buffer.from("An invoice is paid within thirty days. ".repeat(50));
  const { document } = await uploadDocument(tenant.admin, { filename: "paid.txt" }, text);
  const read = () => getDocument(tenant.admin, document.id);
  await until("the document to wait", async () => (await read()).waitReason === "credit", PATIENCE_MS);

  const thing = { resourceType: "embedding_tokens", modelKey: MODEL_KEY, description: null } as const;
  const changedAt = new Date().toISOString();
  await setSystemRate(await makePlatform(), { ...thing, rate: 1n, effectiveFrom: null });
  for (const _ of ["once", "again"]) await pricesWereChanged({ tenantId: tenant.tenantId, changedAt });
  await until("the document to be done", async () => (await read()).status === "completed", PATIENCE_MS);
});
