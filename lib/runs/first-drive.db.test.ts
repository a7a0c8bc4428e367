import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { chat, type Reply } from "@/e2e/provider/replies";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { brokenInvariants } from "./faults/testing/invariants";
import { askNode, begin, publishChain, seedFaultModel, untilEnded } from "./faults/testing/scene";
import { firstDriveOf } from "./first-drive";
import { STEPS_AT_ONCE_PER_TENANT } from "./slots";

const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  return startProvider();
});

withTestDatabase();

let tenant: TestTenant;
let workflowId: string;
beforeAll(async () => {
  const model = await seedFaultModel(provider);
  tenant = await makeTenant();
  workflowId = await publishChain(tenant, [askNode("ask", model)]);
  await startEmbedded(handler);
});
afterAll(async () => {
  await embedded().engine.stop(2_000);
  await provider.close();
});

it("is the tenant's own, goes on while the run does, and is taken for no more runs than may ask at once", async () => {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  const count = STEPS_AT_ONCE_PER_TENANT + 3;
  const hello = chat({ content: "Hello" });
  const late: Reply = (response, request) => mayAnswer.then(() => hello(response, request));
  provider.play(...Array.from({ length: count }, () => late));
  const runs: string[] = [];
  for (let at = 0; at < count; at += 1) runs.push(await begin(tenant, workflowId, `run-${at}`));
  const driven = runs.filter((id) => firstDriveOf(tenant.tenantId, id) !== undefined);
  expect(driven).toEqual(runs.slice(0, STEPS_AT_ONCE_PER_TENANT));
  const other = await makeTenant();
  expect(driven.filter((id) => firstDriveOf(other.tenantId, id) !== undefined)).toEqual([]);

  answer();
  for (const id of runs) expect(await untilEnded(id)).toBe("completed");
  await until("the drives to have ended", async () =>
    runs.every((id) => firstDriveOf(tenant.tenantId, id) === undefined),
  );
  expect(provider.requests).toHaveLength(count);
  expect(await brokenInvariants({ acknowledged: runs, requests: provider.requests })).toEqual([]);
});
