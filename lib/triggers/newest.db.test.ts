import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { triggerDeliveries } from "@/db/schema/triggers";
import { withTestDatabase } from "@/lib/testing/database";
import { analyze, rowsRead } from "@/lib/testing/rows-read";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { newestCall } from "./newest";
import { findSample, listTriggers, triggersQuery } from "./queries";
import { insertDelivery, type NewDelivery } from "./store";
import { makeTrigger, publishGreeting } from "./testing";

withTestDatabase();

const MANY = 20_000;

let ours: TestTenant;
let workflowId: string;
let busy: string;
let large: string;
beforeAll(async () => {
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
  busy = await makeHook();
  large = await makeHook();
  await plant(busy, "jsonb_build_object('body', jsonb_build_object('number', number))");
  await plant(large, "jsonb_build_object('shortened', repeat(number::text, 500))");
  await analyze("trigger_deliveries");
});

async function makeHook(): Promise<string> {
  return (await makeTrigger(ours.admin, workflowId, "webhook", {})).id;
}

/** Many accepted calls, each tied to its name as signed ones are, all older than what is written from now on. */
function plant(triggerId: string, payload: string): Promise<unknown> {
  const of = (key: string, kept: string) =>
    sql`insert into ${triggerDeliveries} (id, tenant_id, trigger_id, delivery_key, status, payload)
        select overlay(gen_random_uuid()::text placing lpad(number::text, 8, '0') from 1 for 8)::uuid,
          ${ours.tenantId}, ${triggerId}, ${key} || number, 'accepted', ${sql.raw(kept)}
        from generate_series(1, ${MANY}::int) number`;
  return asWorker(ours.job, async (tx) => {
    await tx.execute(of("id:", payload));
    await tx.execute(of("tie:", "null"));
  });
}

function deliver(triggerId: string, delivery: NewDelivery): Promise<boolean> {
  return asWorker(ours.job, (tx) => insertDelivery(tx, ours.job, triggerId, delivery));
}

describe("of many deliveries", () => {
  it("the newest of each trigger is found without reading the others, and a tie is none", async () => {
    const silent = await makeHook();
    await deliver(busy, { deliveryKey: "refused:1", status: "rejected", reason: "No." });
    await deliver(busy, { deliveryKey: "tie:last", status: "accepted", reason: "id:1" });
    const { triggers } = await listTriggers(ours.admin, workflowId);
    const last = new Map(triggers.map(({ id, lastDelivery }) => [id, lastDelivery]));
    expect(last.get(busy)).toEqual({
      status: "rejected",
      reason: "No.",
      executionId: null,
      createdAt: expect.any(Date),
    });
    expect(last.get(large)).toMatchObject({ status: "accepted", reason: null });
    expect(last.get(silent)).toBeNull();
    const read = await rowsRead(ours.admin, "trigger_deliveries", (tx) =>
      triggersQuery(tx, ours.admin, workflowId),
    );
    expect(read).toBeLessThan(10);
  });

  it("a sample goes before any call, and the newest call that was kept whole before an older one", async () => {
    const read = (triggerId: string, of: "samples" | "all") =>
      rowsRead(ours.admin, "trigger_deliveries", (tx) => newestCall(tx, ours.admin, triggerId, of));
    expect(await findSample(ours.admin, busy)).toEqual({ body: { number: MANY } });
    expect(await findSample(ours.admin, large)).toBeNull();
    expect(await read(busy, "samples")).toBe(0);
    expect(await read(busy, "all")).toBeLessThan(10);
    expect(await read(large, "all")).toBeLessThan(1_000);
    for (const number of [1, 2]) {
      await deliver(busy, { deliveryKey: `sample:${number}`, status: "captured", payload: { body: number } });
    }
    await deliver(busy, { deliveryKey: "id:later", status: "accepted", payload: { body: "later" } });
    expect(await findSample(ours.admin, busy)).toEqual({ body: 2 });
    expect(await read(busy, "samples")).toBeLessThan(3);
  });
});
