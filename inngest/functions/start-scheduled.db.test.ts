import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { workflowTriggers } from "@/db/schema/triggers";
import { embedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { HOURLY } from "@/lib/triggers/schedule-testing";
import { triggerIs } from "@/lib/triggers/store";
import { TICK_PAGE } from "@/lib/triggers/sweep";
import { deliveryRows, makeTrigger, publishGreeting } from "@/lib/triggers/testing";
import { PATIENCE_MS, withRunningEngine } from "./testing";

withRunningEngine();

/** A schedule whose time came so many seconds ago. */
async function due({ admin }: TestTenant, secondsAgo: number): Promise<string> {
  const { id } = await makeTrigger(admin, await publishGreeting(admin), "schedule", HOURLY);
  const nextAt = sql`date_trunc('milliseconds', now()) - make_interval(secs => ${secondsAgo})`;
  await asTenant(admin, (tx) => tx.update(workflowTriggers).set({ nextAt }).where(triggerIs(admin, id)));
  return id;
}

it("schedules that operators hold, however many, keep no other from its time, and are not told of again and again", async () => {
  const { pool } = await database();
  const [held, other] = [await makeTenant(), await makeTenant()];
  await embedded().engine.controls.pause({ functionId: "hirebuddha-run-tick", key: held.tenantId });
  const one = await due(held, 3_600);
  await pool.query(
    `insert into workflow_triggers
     select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid()))).*
     from workflow_triggers t, generate_series(1, $2::int) where id = $1`,
    [one, TICK_PAGE],
  );
  const id = await due(other, 0);
  await pool.query("update engine.cron set next_at = now() where function_id = 'hirebuddha-start-scheduled'");
  const [delivery] = await until(
    "the other to start",
    async () => {
      const rows = await deliveryRows(other.admin, id);
      return rows.length > 0 ? rows : null;
    },
    PATIENCE_MS,
  );
  expect(delivery).toMatchObject({ status: "accepted" });
  const ofHeld = "select 1 from engine.event where payload->'data'->>'tenantId' = $1";
  expect((await pool.query(ofHeld, [held.tenantId])).rows).toEqual([]);
});
