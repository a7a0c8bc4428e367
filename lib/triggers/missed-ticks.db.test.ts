import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { currentTime, shiftClock } from "@/lib/clock";
import { seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { runTick } from "./commands/run-tick";
import { getTrigger } from "./queries";
import { scheduling } from "./schedule-testing";
import { deliveryRows, publishGreeting } from "./testing";

withTestDatabase();

let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  await seedRunPrices();
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});
afterEach(() => shiftClock(0));

const { schedule, atNextTick, runsOf } = scheduling(() => ({ tenant: ours, workflowId }));

describe("the times of a schedule", () => {
  it("that were missed are left out or made up for once", async () => {
    const three = 3 * 3_600_000 + 10 * 60_000;
    const missed = (what: string) =>
      expect.stringMatching(
        new RegExp(`^It could not start 4 times, from .+ \\d\\d:\\d\\d .+ on: ${what}\\.$`),
      );
    const skips = await schedule({ missed: "skip" });
    expect(await runTick(ours.job, skips, await atNextTick(skips, three))).toBe("missed");
    expect(await runsOf(skips)).toEqual([]);
    expect(await deliveryRows(ours.admin, skips)).toMatchObject([
      { status: "left_out", reason: missed("left out") },
    ]);
    shiftClock(0);
    const makesUp = await schedule({ missed: "run_once" });
    const tick = await atNextTick(makesUp, three);
    expect(await runTick(ours.job, makesUp, tick)).toBe("started");
    expect(await runsOf(makesUp)).toHaveLength(1);
    expect(await deliveryRows(ours.admin, makesUp)).toMatchObject([
      { status: "accepted", reason: missed("made up for once") },
    ]);
    for (const id of [skips, makesUp]) {
      const { nextAt } = await getTrigger(ours.admin, id);
      expect(nextAt && nextAt > currentTime()).toBe(true);
    }
  });
});

describe("after a downtime, a schedule that leaves out what it missed", () => {
  it("starts the newest time and says how many it left out, also after a downtime in which none became late", async () => {
    const id = await schedule({ cron: "* * * * *", missed: "skip" });
    const tick = await atNextTick(id, 3 * 60_000 + 20_000);
    expect(await runTick(ours.job, id, tick)).toBe("started");
    expect(await runsOf(id)).toHaveLength(1);
    const newest = new Date(tick.getTime() + 3 * 60_000).toISOString();
    expect(
      (await deliveryRows(ours.admin, id)).map((row) => [row.deliveryKey, row.status, row.reason]).toSorted(),
    ).toEqual([
      [
        tick.toISOString(),
        "left_out",
        expect.stringMatching(/^It could not start 3 times, from .+ on: left out\.$/),
      ],
      [newest, "accepted", null],
    ]);
  });

  it("starts the time that is on time still, and leaves out those before it", async () => {
    const id = await schedule({ missed: "skip" });
    const tick = await atNextTick(id, 3 * 3_600_000 + 2 * 60_000);
    const outcomes = await Promise.all([runTick(ours.job, id, tick), runTick(ours.job, id, tick)]);
    expect(outcomes).toContain("started");
    expect(await runsOf(id)).toHaveLength(1);
    const newest = new Date(tick.getTime() + 3 * 3_600_000).toISOString();
    expect(
      (await deliveryRows(ours.admin, id)).map((row) => [row.deliveryKey, row.status]).toSorted(),
    ).toEqual([
      [tick.toISOString(), "left_out"],
      [newest, "accepted"],
    ]);
    const { nextAt } = await getTrigger(ours.admin, id);
    expect(nextAt && nextAt > currentTime()).toBe(true);
  });
});
