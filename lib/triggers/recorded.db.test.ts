import { beforeAll, expect, it } from "vitest";
import { listAudit } from "@/lib/audit/queries";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { deleteTrigger, updateTrigger } from "./commands/manage";
import { setListening } from "./commands/webhook-settings";
import { updateTriggerInput } from "./input";
import { makeTrigger, publishGreeting } from "./testing";

withTestDatabase();

let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});

/** What the record says of a trigger, newest first. */
async function recordOf(triggerId: string) {
  const { items } = await listAudit(ours.admin, {});
  return items
    .filter(({ targetId }) => targetId === triggerId)
    .map(({ action, before, after }) => ({ action, before, after }));
}

function save(kind: string, triggerId: string, name: string, settings: Record<string, unknown>) {
  return updateTrigger(ours.admin, updateTriggerInput.parse({ kind, triggerId, name, settings }));
}

it("says of a webhook what its callers must prove, before and after", async () => {
  const hook = await makeTrigger(ours.admin, workflowId, "webhook", { requiresSignature: true });
  await setListening(ours.admin, { triggerId: hook.id, isListening: true });
  await save("webhook", hook.id, "A webhook", { requiresSignature: false, waitSeconds: 5 });
  await deleteTrigger(ours.admin, { triggerId: hook.id });
  const [deleted, updated, , created] = await recordOf(hook.id);
  expect(created).toEqual({
    action: "trigger.create",
    before: null,
    after: {
      workflowId,
      kind: "webhook",
      name: "A webhook",
      requiresSignature: true,
      answer: "at_once",
      waitSeconds: 30,
    },
  });
  expect(updated).toEqual({
    action: "trigger.update",
    before: { requiresSignature: true, waitSeconds: 30 },
    after: { requiresSignature: false, waitSeconds: 5 },
  });
  expect(deleted).toMatchObject({
    action: "trigger.delete",
    before: { kind: "webhook", isActive: true, requiresSignature: false },
  });
});

it("says of a form who may open it and what it shows, and none of its texts", async () => {
  const settings = {
    title: "Ask us",
    access: "members",
    description: "A hushed text",
    thanks: "A hushed text",
  };
  const form = await makeTrigger(ours.admin, workflowId, "form", settings);
  await save("form", form.id, "Asked", {
    ...settings,
    access: "public",
    showsResult: true,
    thanks: "Another hushed text",
  });
  const record = await recordOf(form.id);
  expect(record[0]).toEqual({
    action: "trigger.update",
    before: { name: "A form", access: "members", showsResult: false },
    after: { name: "Asked", access: "public", showsResult: true },
  });
  expect(record[1]?.after).toMatchObject({ title: "Ask us", access: "members", showsResult: false });
  expect(JSON.stringify(record)).not.toContain("hushed");
});

it("says of a schedule when it starts runs, and not what they are given", async () => {
  const settings = { cron: "0 * * * *", timeZone: "Europe/Berlin", input: { customer: "Ada, hushed" } };
  const schedule = await makeTrigger(ours.admin, workflowId, "schedule", settings);
  await save("schedule", schedule.id, "A schedule", {
    ...settings,
    timeZone: "UTC",
    missed: "run_once",
    input: { customer: "Bo, hushed" },
  });
  const record = await recordOf(schedule.id);
  expect(record[0]).toEqual({
    action: "trigger.update",
    before: { timeZone: "Europe/Berlin", missed: "skip" },
    after: { timeZone: "UTC", missed: "run_once" },
  });
  expect(JSON.stringify(record)).not.toContain("hushed");
});
