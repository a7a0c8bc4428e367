import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { handler } from "@/inngest/serve";
import { currentTime, shiftClock } from "@/lib/clock";
import { seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { runTick } from "./commands/run-tick";
import { countOutcome } from "./outcome";
import { getTrigger } from "./queries";
import { scheduling } from "./schedule-testing";
import { publishGreeting } from "./testing";

withTestDatabase();

let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  await startEmbedded(handler);
  await seedRunPrices();
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});
afterEach(() => shiftClock(0));
afterAll(() => embedded().engine.stop(2_000));

const { schedule, atNextTick, runsOf } = scheduling(() => ({ tenant: ours, workflowId }));

it("a good run that only computes begins the count of its schedule's failures anew", async () => {
  const id = await schedule({ maxFailures: 2 });
  const fail = () =>
    asWorker(ours.job, (tx) => countOutcome(tx, ours.job, id, { status: "failed", begunAt: currentTime() }));
  await fail();
  expect(await runTick(ours.job, id, await atNextTick(id))).toBe("started");
  expect(await runsOf(id)).toMatchObject([{ status: "completed" }]);
  expect(await getTrigger(ours.admin, id)).toMatchObject({ failuresInRow: 0 });
  await fail();
  expect(await getTrigger(ours.admin, id)).toMatchObject({ isActive: true, failuresInRow: 1 });
});
