import { and, eq, sql } from "drizzle-orm";
import { afterEach, beforeAll, expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { triggerDeliveries, workflowTriggers } from "@/db/schema/triggers";
import { shiftClock } from "@/lib/clock";
import { failRun } from "@/lib/runs/finish";
import { seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { runTick } from "./commands/run-tick";
import { bringForward } from "./put-off";
import { getTrigger } from "./queries";
import { scheduling } from "./schedule-testing";
import { deliveriesOf, triggerIs } from "./store";
import { deliveryRows, publishGreeting } from "./testing";

withTestDatabase();

const DAY_MS = 86_400_000;
let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  await seedRunPrices();
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});
afterEach(() => shiftClock(0));

const { schedule, atNextTick, runsOf } = scheduling(() => ({ tenant: ours, workflowId }));

async function nextOf(triggerId: string): Promise<Date | null> {
  return (await getTrigger(ours.admin, triggerId)).nextAt;
}

/** What was written of a schedule's time by the business time of this test is dated so by the database, too. */
function dateLater(triggerId: string, tick: Date, ms: number): Promise<unknown> {
  return asWorker(ours.job, (tx) =>
    tx
      .update(triggerDeliveries)
      .set({ createdAt: sql`now() + ${ms}::float8 * interval '1 millisecond'` })
      .where(and(deliveriesOf(ours.job, triggerId), eq(triggerDeliveries.deliveryKey, tick.toISOString()))),
  );
}

it.each([
  ["skip", "missed", "left_out"],
  ["run_once", "started", "accepted"],
] as const)(
  "a schedule (%s) that went on while the clock was a day ahead has its time of now again, and runs once at it",
  async (missed, outcome, status) => {
    const id = await schedule({ missed });
    const tick = await atNextTick(id, DAY_MS + 600_000);
    expect(await runTick(ours.job, id, tick)).toBe(outcome);
    expect(await deliveryRows(ours.admin, id)).toMatchObject([{ status }]);
    expect((await nextOf(id))?.getTime()).toBeGreaterThan(tick.getTime() + DAY_MS);
    await dateLater(id, tick, DAY_MS);

    shiftClock(0);
    expect(await bringForward()).toBe(1);
    expect(await nextOf(id)).toEqual(tick);
    expect(await bringForward()).toBe(0);
    expect(await runTick(ours.job, id, await atNextTick(id))).toBe("started");
    expect(await runsOf(id)).toHaveLength(1);
    expect(await deliveryRows(ours.admin, id)).toMatchObject([
      { deliveryKey: tick.toISOString(), status: "accepted", executionId: expect.any(String) },
    ]);
  },
);

/** A schedule that was turned on while the clock was ahead by so many years. */
function turnOnLater(triggerId: string, years: number, damage: { config?: unknown } = {}): Promise<unknown> {
  return asTenant(ours.admin, (tx) =>
    tx
      .update(workflowTriggers)
      .set({
        nextAt: sql`${workflowTriggers.nextAt} + make_interval(years => ${years})`,
        updatedAt: sql`now() + interval '1 year'`,
        ...damage,
      })
      .where(triggerIs(ours.admin, triggerId)),
  );
}

it("a schedule that was turned on while the clock was ahead starts at its first time of now", async () => {
  const id = await schedule();
  const first = await nextOf(id);
  await turnOnLater(id, 1);
  await bringForward();
  expect(await nextOf(id)).toEqual(first);
});

it("a schedule that cannot be read keeps none of those after it from its time", async () => {
  const [damaged, id] = [await schedule(), await schedule()];
  const first = await nextOf(id);
  await turnOnLater(damaged, 2, { config: {} });
  await turnOnLater(id, 1);
  expect(await bringForward()).toBe(1);
  expect(await nextOf(id)).toEqual(first);
});

it("a schedule that was changed while the clock was ahead is turned off for what fails from now on", async () => {
  const id = await schedule({ maxFailures: 1 });
  await asTenant(ours.admin, (tx) =>
    tx
      .update(workflowTriggers)
      .set({ updatedAt: sql`now() + interval '1 year'` })
      .where(triggerIs(ours.admin, id)),
  );
  expect(await bringForward()).toBe(1);
  expect(await bringForward()).toBe(0);
  expect(await runTick(ours.job, id, await atNextTick(id))).toBe("started");
  const [run] = await runsOf(id);
  await failRun(ours.job, run?.id ?? "", { code: "upstream", message: "The shop did not answer." });
  expect(await getTrigger(ours.admin, id)).toMatchObject({ isActive: false, failuresInRow: 1 });
});
