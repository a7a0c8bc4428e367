import { beforeAll, expect, it } from "vitest";
import { outputNode, publishGraph, seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { publishWorkflow } from "@/lib/workflows/commands/publish";
import { saveDraft } from "@/lib/workflows/commands/save";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import type { InputField } from "@/lib/workflows/kinds/input";
import { setTriggerActive } from "./commands/manage";
import { mapWebhook } from "./commands/webhook-settings";
import { mapWebhookInput } from "./input";
import { getTrigger, listTriggers, listTriggersToFollow } from "./queries";
import { makeTrigger } from "./testing";

withTestDatabase();

let ours: TestTenant;
beforeAll(async () => {
  await seedRunPrices();
  ours = await makeTenant();
});

const NOW: InputField[] = [
  { key: "customer", label: "Customer", type: "text", required: true },
  { key: "total", label: "Total", type: "number", required: false },
];
const RENAMED: InputField[] = [
  { key: "client", label: "Customer", type: "text", required: true },
  { key: "amount", label: "Total", type: "number", required: false },
];

function greeting(fields: InputField[]) {
  const said = outputNode("output", { greeting: `Hello {{ input.${fields[0]?.key} }}` });
  return testGraph([testNode("input", "input", { fields }), said], [testEdge("input", "output")]);
}

async function publishAgain(workflowId: string, fields: InputField[]): Promise<void> {
  const { revision } = await saveDraft(ours.admin, {
    workflowId,
    revision: 1,
    graph: greeting(fields),
    isAutosave: true,
  });
  await publishWorkflow(ours.admin, { workflowId, revision, note: "" });
}

it("a trigger says what of it does not follow when fields of its workflow are renamed, before and after it is published", async () => {
  const workflowId = await publishGraph(ours.admin, "Greeting", greeting(NOW));
  const make = async (kind: "webhook" | "schedule" | "form", settings: Record<string, unknown>) =>
    (await makeTrigger(ours.admin, workflowId, kind, settings)).id;
  const schedule = await make("schedule", {
    cron: "0 9 * * *",
    timeZone: "UTC",
    input: { customer: "Ada", total: "3" },
  });
  const mapped = await make("webhook", {});
  const fields = [
    { key: "customer", expression: "body.name" },
    { key: "total", expression: "body.sum" },
  ];
  const mapping = { triggerId: mapped, mapping: "expressions", fields };
  await mapWebhook(ours.admin, mapWebhookInput.parse(mapping));
  const byNames = await make("webhook", {});
  const form = await make("form", { title: "Greeting" });
  const off = await make("schedule", { cron: "0 9 * * *", timeZone: "UTC", input: { customer: "Bo" } });
  await setTriggerActive(ours.admin, { triggerId: off, isActive: false });

  const ofSchedule = [
    "The workflow has no input field “total”.",
    "The workflow has no input field “customer”.",
    "Fill in “Customer”.",
  ];
  const ofMapped = [
    "The workflow has no input field “customer”: what “body.name” gives is left out.",
    "The workflow has no input field “total”: what “body.sum” gives is left out.",
    "No expression fills “Customer”: calls are refused.",
  ];
  const ofSenders = [
    "Calls without “client” are refused.",
    "What calls send as “customer” is left out.",
    "What calls send as “total” is left out.",
  ];
  expect(await listTriggersToFollow(ours.admin, { workflowId, fields: NOW })).toEqual([]);
  expect(await listTriggersToFollow(ours.admin, { workflowId, fields: RENAMED })).toEqual([
    { id: schedule, name: "A schedule", misfits: ofSchedule },
    { id: mapped, name: "A webhook", misfits: ofMapped },
    { id: byNames, name: "A webhook", misfits: ofSenders },
  ]);

  expect((await listTriggers(ours.admin, workflowId)).triggers.map((one) => one.misfits)).toEqual(
    [schedule, mapped, byNames, form, off].map(() => []),
  );
  await publishAgain(workflowId, RENAMED);
  expect((await listTriggers(ours.admin, workflowId)).triggers.map((one) => one.misfits)).toEqual([
    ofSchedule,
    ofMapped,
    [],
    [],
    ["The workflow has no input field “customer”.", "Fill in “Customer”."],
  ]);
  expect((await getTrigger(ours.admin, mapped)).misfits).toEqual(ofMapped);
});
