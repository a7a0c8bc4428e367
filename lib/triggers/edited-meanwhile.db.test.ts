import { afterEach, beforeAll, expect, it } from "vitest";
import { shiftClock } from "@/lib/clock";
import { seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { updateTrigger } from "./commands/manage";
import { receiveCall } from "./commands/receive-call";
import { runTick } from "./commands/run-tick";
import { updateTriggerInput } from "./input";
import { getTrigger } from "./queries";
import { HOURLY, scheduling } from "./schedule-testing";
import { makeTrigger, publishGreeting } from "./testing";

withTestDatabase();

let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  await seedRunPrices();
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});
afterEach(() => shiftClock(0));

/** Saves its form as it was opened before something happened. */
async function savedAfter(
  triggerId: string,
  settings: Record<string, unknown>,
  happen: () => Promise<unknown>,
): Promise<string> {
  const { kind, updatedAt } = await getTrigger(ours.admin, triggerId);
  await happen();
  const input = { kind, triggerId, name: "Saved", updatedAt: updatedAt.toISOString(), settings };
  await updateTrigger(ours.admin, updateTriggerInput.parse(input));
  return (await getTrigger(ours.admin, triggerId)).name;
}

it("a webhook that is called while its form is open can be saved", async () => {
  const { id } = await makeTrigger(ours.admin, workflowId, "webhook", {});
  const headers = { "content-type": "application/json" };
  const body = '{"customer":"Ada"}';
  const request = new Request("http://localhost/api/hooks/x", { method: "POST", headers, body });
  const name = await savedAfter(id, {}, async () =>
    expect(await receiveCall(ours.job, id, request)).toMatchObject({ outcome: "started" }),
  );
  expect(name).toBe("Saved");
});

it("a schedule whose time comes while its form is open can be saved", async () => {
  const { schedule, atNextTick } = scheduling(() => ({ tenant: ours, workflowId }));
  const id = await schedule();
  const name = await savedAfter(id, HOURLY, async () =>
    expect(await runTick(ours.job, id, await atNextTick(id))).toBe("started"),
  );
  expect(name).toBe("Saved");
});
