import { eq, sql } from "drizzle-orm";
import { beforeAll, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { enginePort } from "@/db/engine-port";
import { executions } from "@/db/schema/ai";
import { CLIENT_ID, embedded } from "@/inngest/embedded";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { start } from "./commands/testing";
import { DRIVER } from "./first-drive";
import { findStrays, mendRun } from "./sweep";
import { chain, publishGraph, seedRunPrices, transformNode } from "./testing";

withTestDatabase();

let tenant: TestTenant;
beforeAll(async () => {
  await seedRunPrices();
  tenant = await makeTenant();
});

/** A while later. @returns whether the sweep takes it for a run that makes no progress */
async function letPass(executionId: string): Promise<boolean> {
  await asWorker(tenant.job, (tx) =>
    tx
      .update(executions)
      .set({ dispatchedAt: sql`${executions.dispatchedAt} - interval '10 minutes'` })
      .where(eq(executions.id, executionId)),
  );
  return (await findStrays()).some((stray) => stray.executionId === executionId);
}

async function timesSent(executionId: string): Promise<number> {
  const text = "SELECT id FROM engine.event WHERE payload->'data'->>'executionId' = $1";
  return (await (await enginePort()).query(text, [executionId])).length;
}

it.each(["", "its tenant"])(
  "a run that an operator holds is not sent again and again meanwhile, by %j",
  async (by) => {
    const workflowId = await publishGraph(
      tenant.admin,
      `Held ${by}`,
      chain([transformNode("t", { text: "x" })], "y"),
    );
    const executionId = await start(tenant, workflowId);
    const lane = { functionId: `${CLIENT_ID}-${DRIVER}`, key: by && tenant.tenantId };
    const { controls } = embedded().engine;
    await controls.pause(lane);
    const sent = await timesSent(executionId);
    for (let round = 0; round < 3; round += 1) {
      expect(await letPass(executionId)).toBe(true);
      await mendRun(tenant.job, executionId);
      // It makes room for those that can be helped.
      expect((await findStrays()).map((stray) => stray.executionId)).not.toContain(executionId);
    }
    expect(await timesSent(executionId)).toBe(sent);
    await controls.resume(lane);
    expect(await letPass(executionId)).toBe(true);
    await mendRun(tenant.job, executionId);
    expect(await timesSent(executionId)).toBe(sent + 1);
  },
);

it("a run whose turn has not come in the engine's queue is not sent again and again either", async () => {
  const graph = chain([transformNode("t", { text: "x" })], "y");
  const executionId = await start(tenant, await publishGraph(tenant.admin, "In line", graph));
  const { query } = await enginePort();
  // What its workspace has more of than goes at once.
  await query(
    `WITH run AS (
       INSERT INTO engine.run (id, function_id, lane, event)
       VALUES (gen_random_uuid(), $1, $1 || ' ' || $2, '{"data":{}}') RETURNING id, function_id, lane
     )
     INSERT INTO engine.job (id, run_id, kind, function_id, lane, run_at)
     SELECT id, id, 'discover', function_id, lane, now() - interval '1 hour' FROM run`,
    [`${CLIENT_ID}-${DRIVER}`, tenant.tenantId],
  );
  const sent = await timesSent(executionId);
  for (let round = 0; round < 3; round += 1) {
    expect(await letPass(executionId)).toBe(true);
    await mendRun(tenant.job, executionId);
  }
  expect(await timesSent(executionId)).toBe(sent);
  await query("DELETE FROM engine.run");
  expect(await letPass(executionId)).toBe(true);
  await mendRun(tenant.job, executionId);
  expect(await timesSent(executionId)).toBe(sent + 1);
});
