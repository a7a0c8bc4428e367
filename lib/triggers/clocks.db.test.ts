import { eq, sql } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { asTenant } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { workflowTriggers } from "@/db/schema/triggers";
import { presentTime } from "@/lib/present-time";
import { seedRunPrices } from "@/lib/runs/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { whileHeld } from "@/lib/testing/held";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { setTriggerActive } from "./commands/manage";
import { receiveCall } from "./commands/receive-call";
import { runTick } from "./commands/run-tick";
import { setListening } from "./commands/webhook-settings";
import { getTrigger } from "./queries";
import { nextTick } from "./schedule";
import { signatureOf } from "./signature";
import { triggerIs } from "./store";
import { findDueTicks } from "./sweep";
import { deliveryRows, makeTrigger, publishGreeting } from "./testing";

withTestDatabase();

const TEN_MINUTES = 600_000;
const SETTINGS = { cron: "0 9 * * *", timeZone: "UTC", missed: "skip", input: { customer: "Ada" } };
let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  await seedRunPrices();
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});
afterEach(() => {
  vi.useRealTimers();
});

/** A schedule whose time comes in so many seconds of the database's. */
async function dueIn(seconds: number): Promise<{ id: string; tick: Date }> {
  const { id } = await makeTrigger(ours.admin, workflowId, "schedule", SETTINGS);
  await asTenant(ours.admin, (tx) =>
    tx
      .update(workflowTriggers)
      .set({ nextAt: sql`date_trunc('milliseconds', now()) + make_interval(secs => ${seconds})` })
      .where(triggerIs(ours.admin, id)),
  );
  const { nextAt } = await getTrigger(ours.admin, id);
  if (!nextAt) throw new Error("the schedule has no next time");
  return { id, tick: nextAt };
}

/** The clock of this process, and of nothing else, is so far off. */
function beOff(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

function runsOf(triggerId: string) {
  return asTenant(ours.admin, (tx) =>
    tx.select({ id: executions.id }).from(executions).where(eq(executions.triggerId, triggerId)),
  );
}

// What is embedded has the clock of its process, and one connection.
describe.runIf(testServerUrl())("a process whose clock is off", () => {
  it.each([-TEN_MINUTES, TEN_MINUTES])("by %d ms starts a schedule whose time has come", async (ms) => {
    const { id, tick } = await dueIn(0);
    beOff(ms);
    expect(await runTick(ours.job, id, tick)).toBe("started");
    expect(await deliveryRows(ours.admin, id)).toMatchObject([{ status: "accepted", reason: null }]);
  });

  it.each([-TEN_MINUTES, TEN_MINUTES])("by %d ms tells of a schedule's time when it comes", async (ms) => {
    const soon = await dueIn(60);
    const missed = await dueIn(-120);
    beOff(ms);
    const found = await findDueTicks();
    const of = ({ id }: { id: string }) => found.find(({ triggerId }) => triggerId === id);
    const name = ({ id, tick }: { id: string; tick: Date }) => `tick:${id}:${tick.toISOString()}`;
    expect(of(soon)).toMatchObject({ eventId: name(soon), tellAt: soon.tick });
    expect(of(missed)?.eventId).toMatch(new RegExp(`^${name(missed).replaceAll(".", "\\.")}:\\d+$`));
  });

  it.each([-TEN_MINUTES, TEN_MINUTES])("by %d ms takes a call that was signed just now", async (ms) => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", { requiresSignature: true });
    const body = '{"customer":"Ada"}';
    const t = String(Math.floor(Date.now() / 1000));
    const signature = `t=${t},v1=${signatureOf(hook.signing, t, new TextEncoder().encode(body))}`;
    beOff(ms);
    const headers = { "content-type": "application/json", "hirebuddha-signature": signature };
    const request = new Request("http://localhost/api/hooks/x", { method: "POST", headers, body });
    expect(await receiveCall(ours.job, hook.id, request)).toMatchObject({ outcome: "started" });
  });

  it.each([-TEN_MINUTES, TEN_MINUTES])("by %d ms waits for a test call", async (ms) => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
    beOff(ms);
    await setListening(ours.admin, { triggerId: hook.id, isListening: true });
    vi.useRealTimers();
    const request = new Request("http://localhost/api/hooks/x", { method: "POST", body: "{}" });
    expect(await receiveCall(ours.job, hook.id, request)).toEqual({ outcome: "captured" });
  });

  it.each([-TEN_MINUTES, TEN_MINUTES])("by %d ms gives a new schedule its next time", async (ms) => {
    beOff(ms);
    const before = await asTenant(ours.admin, presentTime);
    const { id } = await makeTrigger(ours.admin, workflowId, "schedule", { ...SETTINGS, cron: "* * * * *" });
    const after = await asTenant(ours.admin, presentTime);
    const { nextAt } = await getTrigger(ours.admin, id);
    const first = nextTick("* * * * *", "UTC", before);
    const last = nextTick("* * * * *", "UTC", after);
    expect([first, last]).toContainEqual(nextAt);
  });

  it("keeps in a schedule's log the run that was being started when it was turned off", async () => {
    const { id, tick } = await dueIn(0);
    const held = { lock: "select from workflows where id = $1 for update", of: workflowId };
    await whileHeld(held, [() => runTick(ours.job, id, tick)], () =>
      setTriggerActive(ours.admin, { triggerId: id, isActive: false }),
    );
    const [run] = await runsOf(id);
    expect(await deliveryRows(ours.admin, id)).toMatchObject([{ status: "accepted", executionId: run?.id }]);
    expect(await getTrigger(ours.admin, id)).toMatchObject({ isActive: false, nextAt: null });
  });
});
