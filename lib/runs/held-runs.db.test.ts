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
