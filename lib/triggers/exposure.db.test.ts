import { beforeAll, describe, expect, it } from "vitest";
import type { TenantScope } from "@/db/scope";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { setTriggerActive, updateTrigger } from "./commands/manage";
import { updateTriggerInput } from "./input";
import { getTrigger } from "./queries";
import { makeTrigger, publishGreeting } from "./testing";

withTestDatabase();

let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});

const KINDS = [
  {
    kind: "webhook",
    open: { requiresSignature: false },
    closed: { requiresSignature: true },
  },
  {
    kind: "form",
    open: { title: "Ask us", access: "public" },
    closed: { title: "Ask us", access: "members" },
  },
] as const;

const refused = expect.objectContaining({
  code: "forbidden",
  reason: "missing_permission",
  message: expect.stringMatching(/Only an admin/),
});

function update(scope: TenantScope, kind: string, triggerId: string, settings: object) {
  return updateTrigger(scope, updateTriggerInput.parse({ kind, triggerId, name: "Renamed", settings }));
}

describe.each(KINDS)("a $kind that anybody with its address can start", ({ kind, open, closed }) => {
  it("is made by admins alone; members make it for those who prove who they are", async () => {
    await expect(makeTrigger(ours.member, workflowId, kind, open)).rejects.toEqual(refused);
    await makeTrigger(ours.admin, workflowId, kind, open);
    await makeTrigger(ours.member, workflowId, kind, closed);
  });

  it("is opened by admins alone, and closed by anybody who may change it", async () => {
    const { id } = await makeTrigger(ours.member, workflowId, kind, closed);
    await expect(update(ours.member, kind, id, open)).rejects.toEqual(refused);
    expect(await getTrigger(ours.admin, id)).toMatchObject({ name: `A ${kind}`, config: closed });
    await update(ours.admin, kind, id, open);
    // What is open already may be renamed.
    await update(ours.member, kind, id, open);
    await update(ours.member, kind, id, closed);
    await expect(update(ours.member, kind, id, open)).rejects.toEqual(refused);
  });

  it("is turned off by anybody who may change it, and on by admins alone", async () => {
    const { id } = await makeTrigger(ours.admin, workflowId, kind, open);
    await setTriggerActive(ours.member, { triggerId: id, isActive: false });
    await expect(setTriggerActive(ours.member, { triggerId: id, isActive: true })).rejects.toEqual(refused);
    expect((await getTrigger(ours.member, id)).isActive).toBe(false);
    await update(ours.member, kind, id, closed);
    await setTriggerActive(ours.member, { triggerId: id, isActive: true });
    expect((await getTrigger(ours.member, id)).isActive).toBe(true);
  });
});

it("a schedule is not open: members make it and turn it on", async () => {
  const settings = { cron: "0 9 * * *", timeZone: "UTC", input: { customer: "Ada" } };
  const { id } = await makeTrigger(ours.member, workflowId, "schedule", settings);
  await setTriggerActive(ours.member, { triggerId: id, isActive: false });
  await setTriggerActive(ours.member, { triggerId: id, isActive: true });
  expect((await getTrigger(ours.member, id)).isActive).toBe(true);
});
