import { beforeAll, describe, expect, it } from "vitest";
import { seedRunPrices } from "@/lib/runs/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { whileHeld } from "@/lib/testing/held";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { deleteWorkflow } from "@/lib/workflows/commands/manage";
import { listTriggers } from "./queries";
import { makeTrigger, publishGreeting } from "./testing";

withTestDatabase();

let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  await seedRunPrices();
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});

// What is embedded has one connection: nothing happens there at once.
describe.runIf(testServerUrl())("a trigger of a workflow that is being deleted", () => {
  it("is refused, for the workflow does not exist", async () => {
    const { admin } = await makeTenant();
    const doomed = await publishGreeting(admin);
    const settings = { cron: "0 9 * * *", timeZone: "UTC", input: { customer: "Ada" } };
    const held = { lock: "select from workflows where id = $1 for update", of: doomed };
    const remove = () => deleteWorkflow(admin, { workflowId: doomed });
    const add = () => makeTrigger(admin, doomed, "schedule", settings).catch((error: unknown) => error);
    const [removed, added] = await whileHeld(held, [remove, add]);
    expect(removed).toEqual({ id: doomed });
    expect(added).toMatchObject({ code: "not_found" });
  });
});

describe.runIf(testServerUrl())("the most triggers that a workflow has", () => {
  it("are not passed by two that are made at once", async () => {
    const settings = { cron: "0 9 * * *", timeZone: "UTC", input: { customer: "Ada" } };
    const add = () => makeTrigger(ours.admin, workflowId, "schedule", settings);
    for (let there = 0; there < 49; there += 1) await add();
    const isMade = () =>
      add().then(
        () => true,
        () => false,
      );
    // What is written of a workflow waits for it.
    const held = { lock: "select from workflows where id = $1 for update", of: workflowId };
    expect(await whileHeld(held, [isMade, isMade])).toEqual([true, false]);
    expect((await listTriggers(ours.admin, workflowId)).triggers).toHaveLength(50);
  });
});
