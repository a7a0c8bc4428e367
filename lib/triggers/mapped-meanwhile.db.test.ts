import { expect, it } from "vitest";
import { chain, publishGraph, seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { mapWebhook, setListening } from "./commands/webhook-settings";
import { mapWebhookInput } from "./input";
import { getTrigger } from "./queries";
import { makeTrigger } from "./testing";

withTestDatabase();

it("how calls are mapped is not written over what somebody else saved since it was seen", async () => {
  await seedRunPrices();
  const { admin } = await makeTenant();
  const graph = chain([], "{{ input.text }}");
  const workflowId = await publishGraph(admin, "Hooked", graph);
  const { id: triggerId } = await makeTrigger(admin, workflowId, "webhook", {});
  const saved = (headers: string[], seen?: unknown) =>
    mapWebhook(admin, mapWebhookInput.parse({ triggerId, mapping: "same_names", headers, seen }));
  const shown = async () => {
    const { kind, config } = await getTrigger(admin, triggerId);
    if (kind !== "webhook") throw new Error("it is no webhook");
    const { mapping, fields, headers } = config;
    return { mapping, fields, headers };
  };
  const inBothTabs = await shown();
  // What is no part of it may change meanwhile.
  await setListening(admin, { triggerId, isListening: true });
  const { kept } = await saved(["x-shop"], inBothTabs);
  expect(kept).toEqual(await shown());
  await expect(saved(["x-other"], inBothTabs)).rejects.toMatchObject({
    code: "conflict",
    reason: "stale_trigger",
  });
  expect(await shown()).toMatchObject({ headers: ["x-shop"] });
  await saved(["x-other"], kept);
  expect(await shown()).toMatchObject({ headers: ["x-other"] });
});
