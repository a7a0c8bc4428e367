import { sql } from "drizzle-orm";
import { afterEach, beforeAll, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { triggerDeliveries } from "@/db/schema/triggers";
import { shiftClock } from "@/lib/clock";
import { seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { watchDeletions } from "@/lib/testing/deletions";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { receiveCall } from "./commands/receive-call";
import { getTrigger } from "./queries";
import { deliveriesOf } from "./store";
import { purgeDeliveries } from "./sweep";
import { deliveryRows, makeTrigger, publishGreeting } from "./testing";

withTestDatabase();

let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  await seedRunPrices();
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});
afterEach(() => shiftClock(0));

/** So many deliveries of a trigger, each so many days old. */
function plant(triggerId: string, total: number, days: number): Promise<unknown> {
  return asWorker(ours.job, (tx) =>
    tx.execute(
      sql`insert into ${triggerDeliveries} (id, tenant_id, trigger_id, delivery_key, status, created_at)
          select gen_random_uuid(), ${ours.tenantId}, ${triggerId}, ${`${days} days, `} || number, 'accepted',
            now() - ${days}::float8 * interval '1 day'
          from generate_series(1, ${total}::int) number`,
    ),
  );
}

it("everything older than it is kept is deleted at once, in transactions of a bounded size", async () => {
  const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
  const form = await makeTrigger(ours.admin, workflowId, "form", { title: "Ask us" });
  const schedule = await makeTrigger(ours.admin, workflowId, "schedule", {
    cron: "0 * * * *",
    timeZone: "UTC",
    input: { customer: "Ada" },
  });
  await plant(hook.id, 11_000, 7.1);
  await plant(hook.id, 1, 6.9);
  await plant(form.id, 2, 8);
  await plant(form.id, 1, 1);
  await plant(schedule.id, 3, 91);
  await plant(schedule.id, 1, 89);
  const deletions = await watchDeletions("trigger_deliveries");
  expect(await purgeDeliveries()).toBe(11_005);
  const sizes = await deletions();
  expect([Math.max(...sizes), sizes.reduce((sum, size) => sum + size, 0)]).toEqual([5_000, 11_005]);
  for (const { id } of [hook, form, schedule]) {
    const [kept, ...rest] = await deliveryRows(ours.admin, id);
    expect([kept?.deliveryKey, rest]).toEqual([expect.stringMatching(/^(6\.9|1|89) days/), []]);
  }
  expect(await purgeDeliveries()).toBe(0);
});

it("a call that comes again once its line was deleted starts nothing, and the log says when its run was started", async () => {
  const { id } = await makeTrigger(ours.admin, workflowId, "webhook", {});
  const headers = { "content-type": "application/json", "idempotency-key": "order-1" };
  const call = () => {
    const init = { method: "POST", headers, body: '{"customer":"Ada"}' };
    return receiveCall(ours.job, id, new Request("http://localhost/api/hooks/x", init));
  };
  expect(await call()).toMatchObject({ outcome: "started", isReplay: false });
  const started = (await getTrigger(ours.admin, id)).lastStartedAt;
  const [first] = await deliveryRows(ours.admin, id);
  await asWorker(ours.job, (tx) =>
    tx
      .update(triggerDeliveries)
      .set({ createdAt: sql`now() - interval '8 days'` })
      .where(deliveriesOf(ours.job, id)),
  );
  expect(await purgeDeliveries()).toBe(1);
  shiftClock(8 * 86_400_000);
  expect(await call()).toMatchObject({ executionId: first?.executionId, isReplay: true });
  expect(await deliveryRows(ours.admin, id)).toMatchObject([
    { status: "accepted", executionId: first?.executionId, reason: expect.stringContaining("come before") },
  ]);
  expect((await getTrigger(ours.admin, id)).lastStartedAt).toEqual(started);
});
