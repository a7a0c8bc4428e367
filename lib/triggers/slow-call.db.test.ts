import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST } from "@/app/api/hooks/[token]/route";
import { asTenant, asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { handler } from "@/inngest/serve";
import { seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { deleteTrigger, setTriggerActive } from "./commands/manage";
import { mapWebhook, rotateSecret, setListening } from "./commands/webhook-settings";
import { mapWebhookInput } from "./input";
import { getTrigger } from "./queries";
import { signatureOf } from "./signature";
import { recordAccepted, startOnce } from "./start";
import { loadTrigger } from "./store";
import { deliveryRows, makeTrigger, publishGreeting } from "./testing";

withTestDatabase();

let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  await startEmbedded(handler);
  await seedRunPrices();
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});
afterAll(() => embedded().engine.stop(2_000));

const ADA = '{"customer":"Ada","total":3}';

function signed(secret: string, raw: string): Record<string, string> {
  const t = String(Math.floor(Date.now() / 1000));
  return { "hirebuddha-signature": `t=${t},v1=${signatureOf(secret, t, new TextEncoder().encode(raw))}` };
}

/** A call whose body comes once something else was done. */
function sendSlowly(
  { token }: { token: string },
  headers: Record<string, string>,
  meanwhile: () => Promise<unknown>,
): Promise<Response> {
  // Asked for its first bytes only when the call is read.
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await meanwhile();
        controller.enqueue(new TextEncoder().encode(ADA));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const request = new Request(`http://localhost/api/hooks/${token}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
    ...{ duplex: "half" },
  });
  return POST(request, { params: Promise.resolve({ token }) });
}

describe("what is done to a webhook while a body comes in", () => {
  const late: [string, (triggerId: string) => Promise<unknown>][] = [
    ["turned off", (triggerId) => setTriggerActive(ours.admin, { triggerId, isActive: false })],
    [
      "given a new address",
      (triggerId) => rotateSecret(ours.admin, { triggerId, secret: "address", graceHours: 0 }),
    ],
    ["deleted", (triggerId) => deleteTrigger(ours.admin, { triggerId })],
  ];

  it.each(late)("ends the call: it was %s", async (_, change) => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
    const response = await sendSlowly(hook, {}, () => change(hook.id));
    expect(response.status).toBe(404);
    const started = await asTenant(ours.admin, (tx) =>
      tx.select().from(executions).where(eq(executions.triggerId, hook.id)),
    );
    expect(started).toEqual([]);
  });

  it("is not undone", async () => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
    await setListening(ours.admin, { triggerId: hook.id, isListening: true });
    const change = mapWebhookInput.parse({ triggerId: hook.id, fields: [], headers: ["x-kept"] });
    const response = await sendSlowly(hook, {}, () => mapWebhook(ours.admin, change));
    expect(await response.json()).toMatchObject({ captured: true });
    expect((await getTrigger(ours.admin, hook.id)).config).toMatchObject({
      headers: ["x-kept"],
      listeningUntil: null,
    });
  });

  it("ends the signing secret it came with", async () => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", { requiresSignature: true });
    const response = await sendSlowly(hook, signed(hook.signing, ADA), () =>
      rotateSecret(ours.admin, { triggerId: hook.id, secret: "signature", graceHours: 0 }),
    );
    expect(response.status).toBe(401);
  });
});

it("a call whose sender hung up in the middle of it is in the log, and no failure of ours", async () => {
  const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
  const response = await sendSlowly(hook, {}, () => Promise.reject(new Error("aborted")));
  expect([response.status, await response.json()]).toMatchObject([422, { reason: "body_cut_off" }]);
  expect(await deliveryRows(ours.admin, hook.id)).toMatchObject([
    { status: "rejected", reason: expect.stringContaining("closed before all of the body had come") },
  ]);
});

it("starts what was called when it is deleted before that is written", async () => {
  const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
  const trigger = await asWorker(ours.job, (tx) => loadTrigger(tx, ours.job, hook.id));
  const { executionId } = await startOnce(ours.job, trigger, "id:1", { customer: "Ada" });
  await deleteTrigger(ours.admin, { triggerId: hook.id });
  await asWorker(ours.job, (tx) =>
    recordAccepted(tx, ours.job, trigger, { deliveryKey: "id:1", executionId }),
  );
  expect(await deliveryRows(ours.admin, hook.id)).toEqual([]);
});
