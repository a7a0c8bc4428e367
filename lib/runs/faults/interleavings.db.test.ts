import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { database } from "@/db/pool";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { brokenMoney, give, prepaidTenant } from "@/lib/wallet/testing";
import { closeLostSteps } from "../finish";
import { chanceOf } from "./testing/chance";
import { brokenInvariants } from "./testing/invariants";
import { answerAll, dawdling, meddle, sweepOnce } from "./testing/meddling";
import { publishNested } from "./testing/nested-graphs";
import { seedFaultModel } from "./testing/scene";

const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  return startProvider();
});

withTestDatabase();
vi.setConfig({ testTimeout: 300_000 });

/** By then each run has ended once nothing goes wrong any more: tries, and the waits between them, come one after the other. */
const ENDED_MS = 120_000;

let model: string;
beforeAll(async () => {
  model = await seedFaultModel(provider);
  await startEmbedded(handler);
});
afterAll(async () => {
  await embedded().engine.stop(2_000);
  await provider.close();
});

describe.runIf(testServerUrl())("runs that are stopped, resumed, answered and woken at every moment", () => {
  it("all end, leave nothing under way, and are billed once", async () => {
    const seed = 20_261_128;
    const tenant = await prepaidTenant();
    await give(tenant, { kind: "topup", source: "paid", amount: 1_000_000_000n, key: "enough" });
    const workflowIds = await publishNested(tenant, model, `random ${seed}`);
    await dawdling(() => meddle(tenant, workflowIds, { chance: chanceOf(seed), acts: 160 }));
    const { pool } = await database();
    await until(
      "every run to end",
      async () => {
        await answerAll(tenant);
        await sweepOnce(tenant);
        const live = "select 1 from executions where status in ('pending', 'running', 'waiting') limit 1";
        return (await pool.query(live)).rows.length === 0;
      },
      ENDED_MS,
    );
    // What is tried again later of a run that has ended is closed once its time has come.
    const open = "select distinct execution_id as id from execution_steps where status = 'running'";
    await until("its last steps to be closed", async () => {
      const { rows } = await pool.query<{ id: string }>(open);
      for (const { id } of rows) await closeLostSteps(tenant.job, id);
      return rows.length === 0;
    });
    expect(await brokenInvariants()).toEqual([]);
    expect(await brokenMoney()).toEqual([]);
  });
});
