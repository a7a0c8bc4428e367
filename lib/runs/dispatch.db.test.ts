import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { asPlatform, asTenant, asWorker } from "@/db/access";
import { enginePort } from "@/db/engine-port";
import { sqlState } from "@/db/failures";
import { executions } from "@/db/schema/ai";
import { subscriptions } from "@/db/schema/plans";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { admission } from "./admission";
import { startRun } from "./commands/start";
import { newFollowUps } from "./follow-up";
import { chain, publishGraph, seedRunPrices, transformNode } from "./testing";

withTestDatabase();

let tenant: TestTenant;
beforeAll(async () => {
  await seedRunPrices();
  tenant = await makeTenant();
  const { tenantId } = tenant;
  await asPlatform(await makePlatform(), (tx) =>
    tx.insert(subscriptions).values({ tenantId, planName: "small", maxRunning: 0 }),
  );
});

/** Lets so many runs go on at once. */
async function mayRun(maxRunning: number): Promise<void> {
  await asPlatform(await makePlatform(), (tx) =>
    tx.update(subscriptions).set({ maxRunning }).where(eq(subscriptions.tenantId, tenant.tenantId)),
  );
}

async function storedFor(executionId: string) {
  const text = "SELECT id, name, payload FROM engine.event WHERE payload->'data'->>'executionId' = $1";
  return (await enginePort()).query<{ id: string; name: string; payload: unknown }>(text, [executionId]);
}

async function readSent(executionId: string) {
  const [row] = await asWorker(tenant.job, (tx) =>
    tx
      .select({ admittedAt: executions.admittedAt, dispatchedAt: executions.dispatchedAt })
      .from(executions)
      .where(eq(executions.id, executionId)),
  );
  return { isAdmitted: row?.admittedAt !== null, isSent: row?.dispatchedAt !== null };
}

describe("the engine's event of a run", () => {
  it("is there with the transaction that lets the run start, once, and never without it", async () => {
    const graph = chain([transformNode("t", { text: "{{ input.text }}" })], "{{ t.text }}");
    const workflowId = await publishGraph(tenant.admin, "Waits", graph);
    const { executionId } = await startRun(tenant.admin, {
      workflowId,
      input: { text: "x" },
      useDraft: false,
    });
    expect(await readSent(executionId)).toEqual({ isAdmitted: false, isSent: false });
    expect(await storedFor(executionId)).toEqual([]);

    await mayRun(1);
    const admit = (after: () => void) =>
      asWorker(tenant.job, async (tx) => {
        const ups = newFollowUps();
        await admission(tx, tenant.job, ups, { isTold: true }).execute();
        after();
        return ups;
      });
    const failing = admit(() => {
      throw new RangeError("what else the transaction does fails");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await readSent(executionId)).toEqual({ isAdmitted: false, isSent: false });
    expect(await storedFor(executionId)).toEqual([]);

    const ups = await admit(() => undefined);
    expect(ups).toMatchObject({ stored: new Set([executionId]), starts: new Set(), continues: new Set() });
    expect(await readSent(executionId)).toEqual({ isAdmitted: true, isSent: true });
    const event = {
      id: executionId,
      name: "execution/requested",
      data: { tenantId: tenant.tenantId, executionId, segment: 0 },
      ts: expect.any(Number),
    };
    expect(await storedFor(executionId)).toEqual([{ id: event.id, name: event.name, payload: event }]);
    // Nobody is left to be admitted, nor told of.
    expect((await admit(() => undefined)).stored.size).toBe(0);
  });

  it("is sent by what works on runs alone, which sees none of those that are stored", async () => {
    const id = newId();
    const send = sql`select engine.store_events(array[${id}], array['execution/requested'], array['{}'], array[0::float8])`;
    const byPerson = asTenant(tenant.admin, (tx) => tx.execute(send));
    const looking = asWorker(tenant.job, (tx) => tx.execute(sql`select id from engine.event`));
    const denied = "42501";
    expect(await Promise.all([byPerson.catch(sqlState), looking.catch(sqlState)])).toEqual([denied, denied]);
    const stored = () =>
      enginePort().then(({ query }) => query("SELECT 1 FROM engine.event WHERE id = $1", [id]));
    expect(await stored()).toEqual([]);
    await asWorker(tenant.job, (tx) => tx.execute(send));
    expect(await stored()).toHaveLength(1);
  });
});
