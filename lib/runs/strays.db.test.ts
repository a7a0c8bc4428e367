import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { startRun } from "./commands/start";
import { findStrays, mendRun, STRAY_PAGE } from "./sweep";
import { addStubModel, chain, llmNode, publishGraph, seedRunPrices } from "./testing";

const { taken, server } = await vi.hoisted(async () =>
  (await import("@/inngest/forgetful-testing")).startForgetfulInngest(),
);
afterAll(() => void server.close());

withTestDatabase();

let modelKey: string;
beforeAll(async () => {
  await seedRunPrices();
  modelKey = await addStubModel("http://127.0.0.1:1/v1");
});

/** A run that was started while no engine took it, a while ago. */
async function unsent({ admin, job }: TestTenant): Promise<string> {
  const workflowId = await publishGraph(admin, `Ask ${newId()}`, chain([llmNode("ask", modelKey)], "done"));
  const { executionId } = await startRun(admin, { workflowId, useDraft: false, input: { text: "a" } });
  await asWorker(job, (tx) =>
    tx
      .update(executions)
      .set({ dispatchedAt: null, createdAt: sql`now() - interval '1 minute'` })
      .where(eq(executions.id, executionId)),
  );
  return executionId;
}

it("however many runs were not sent, those after them are found with them", async () => {
  const [crowded, other] = [await makeTenant(), await makeTenant()];
  const one = await unsent(crowded);
  await asWorker(crowded.job, (tx) =>
    tx.execute(sql`
      insert into executions
      select (jsonb_populate_record(e, jsonb_build_object('id', '00000000-0000-7000-8000-' || lpad(n::text, 12, '0')))).*
      from executions e, generate_series(1, ${STRAY_PAGE}::int) n where id = ${one}`),
  );
  const late = await unsent(other);
  const first = await findStrays();
  expect(first).toHaveLength(STRAY_PAGE);
  const rest = await findStrays(first.at(-1)?.executionId);
  expect(rest.map(({ executionId }) => executionId)).toEqual([one, late]);
  await asWorker(crowded.job, (tx) => tx.update(executions).set({ status: "cancelled" }));
});

it("mending a run tells whether the engine took it", async () => {
  const tenant = await makeTenant();
  const executionId = await unsent(tenant);
  const sent = () => taken.filter(({ id }) => id === executionId).length;
  const before = sent();
  expect([await mendRun(tenant.job, executionId), sent()]).toEqual([true, before + 1]);
  server.closeAllConnections();
  server.close();
  expect(await mendRun(tenant.job, await unsent(tenant))).toBe(false);
});
