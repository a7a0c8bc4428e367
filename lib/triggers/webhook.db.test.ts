import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET, OPTIONS, POST } from "@/app/api/hooks/[token]/route";
import { mintScope, type TenantScope } from "@/db/scope";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { handler } from "@/inngest/serve";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { listRuns } from "@/lib/runs/queries";
import { outputNode, publishGraph, readRun, seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { deleteTrigger, setTriggerActive } from "./commands/manage";
import { mapWebhook, rotateSecret, setListening } from "./commands/webhook-settings";
import { mapWebhookInput } from "./input";
import { TRIGGER_LIMITS } from "./limits";
import { findSample, getTrigger, listDeliveries, listTriggers } from "./queries";
import { signatureOf } from "./signature";
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

type Sent = { body?: unknown; raw?: string; type?: string; headers?: Record<string, string>; query?: string };
type Answer = { status: number; body: Record<string, unknown> };

async function send(token: string, { body, raw, type, headers, query }: Sent): Promise<Answer> {
  const request = new Request(`http://localhost/api/hooks/${token}${query ?? ""}`, {
    method: "POST",
    headers: { "content-type": type ?? "application/json", ...headers },
    body: raw ?? JSON.stringify(body),
  });
  const response = await POST(request, { params: Promise.resolve({ token }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function signed(secret: string, raw: string, seconds = Date.now() / 1000): Record<string, string> {
  const t = String(Math.floor(seconds));
  return { "hirebuddha-signature": `t=${t},v1=${signatureOf(secret, t, new TextEncoder().encode(raw))}` };
}

const ADA = '{"customer":"Ada","total":3}';

it("says to another method which one it takes, and shows nobody there what is behind it", async () => {
  const visit = new Request("http://localhost/api/hooks/x");
  const params = Promise.resolve({ token: "x" });
  const refused = await GET(visit, { params });
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "POST"]);
  expect(await refused.json()).toMatchObject({ detail: "GET is not possible here. Use POST." });
  expect((await OPTIONS(visit, { params })).headers.get("allow")).toBe("POST");
});

describe("a signed webhook", () => {
  it("starts one run of the published version for one delivery, however often it is sent", async () => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", { requiresSignature: true });
    const headers: Record<string, string> = {
      ...signed(hook.signing, ADA),
      "hirebuddha-delivery": "order-1",
    };
    const [first, twin] = await Promise.all([
      send(hook.token, { raw: ADA, headers }),
      send(hook.token, { raw: ADA, headers }),
    ]);
    expect([first.status, twin.status].every((status) => status === 200 || status === 202)).toBe(true);
    const { executionId } = first.body;
    expect(twin.body.executionId).toBe(executionId);
    const later = signed(hook.signing, ADA, Date.now() / 1000 + 60);
    for (const again of [
      headers,
      { ...later, "hirebuddha-delivery": "order-1" },
      // The same signed bytes under another name, and under none.
      { ...headers, "hirebuddha-delivery": "order-2" },
      signed(hook.signing, ADA, Number(/t=(\d+)/.exec(headers["hirebuddha-signature"] ?? "")?.[1])),
    ]) {
      const answer = await send(hook.token, { raw: ADA, headers: again });
      expect(answer.body).toMatchObject({ executionId, replayed: true });
    }
    const { run } = await readRun(ours.job, String(executionId));
    expect(run).toMatchObject({
      tenantId: ours.tenantId,
      trigger: "webhook",
      triggerId: hook.id,
      workflowId,
      inputData: { customer: "Ada", total: 3 },
      startedBy: null,
    });
    const runs = await listRuns(ours.admin, { workflowId });
    expect(runs.items).toHaveLength(1);
    const { items } = await listDeliveries(ours.admin, hook.id);
    expect(items).toMatchObject([
      { status: "accepted", executionId, payload: { body: { customer: "Ada" } } },
    ]);
  });

  it("refuses what is unsigned, wrong or late with 401, starts nothing, and bounds its log", async () => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", { requiresSignature: true });
    const before = (await listRuns(ours.admin, { workflowId })).items.length;
    for (const headers of [
      {},
      signed("another secret", ADA),
      signed(hook.signing, `${ADA} `),
      signed(hook.signing, ADA, Date.now() / 1000 - 400),
    ]) {
      const answer = await send(hook.token, { raw: ADA, headers });
      expect([answer.status, answer.body]).toMatchObject([401, { code: "unauthenticated" }]);
    }
    expect((await deliveryRows(ours.admin, hook.id)).map((row) => [row.status, row.payload])).toEqual(
      Array(4).fill(["rejected", null]),
    );
    for (let index = 0; index < 25; index += 1) await send(hook.token, { raw: ADA });
    expect(await deliveryRows(ours.admin, hook.id)).toHaveLength(TRIGGER_LIMITS.refusals.max);
    expect((await listRuns(ours.admin, { workflowId })).items).toHaveLength(before);
  });

  it("takes every old signing secret for as long as was chosen, also when another is made meanwhile", async () => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", { requiresSignature: true });
    const rotate = (graceHours: number) =>
      rotateSecret(ours.admin, { triggerId: hook.id, secret: "signature", graceHours });
    const call = () => send(hook.token, { raw: ADA, headers: signed(hook.signing, ADA) });
    await rotate(24);
    await rotate(1);
    expect((await call()).status).toBe(202);
    await rotate(0);
    expect((await call()).status, "every old one has ended").toBe(401);
  });

  it("takes the old signing secret for as long as was chosen, and an old address no longer", async () => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", { requiresSignature: true });
    await rotateSecret(ours.admin, { triggerId: hook.id, secret: "signature", graceHours: 1 });
    const { access } = await getTrigger(ours.admin, hook.id);
    expect(access?.signing).not.toBe(hook.signing);
    const call = (secret: string) => send(hook.token, { raw: ADA, headers: signed(secret, ADA) });
    expect((await call(hook.signing)).status).toBe(202);
    expect((await call(access?.signing ?? "")).status).toBe(202);
    shiftClock(3_601_000);
    const late = signed(hook.signing, ADA, Date.now() / 1000 + 3_601);
    expect((await send(hook.token, { raw: ADA, headers: late })).status).toBe(401);
    shiftClock(0);
    await rotateSecret(ours.admin, { triggerId: hook.id, secret: "address", graceHours: 0 });
    expect((await call(access?.signing ?? "")).status).toBe(404);
  });
});

describe("what a call holds", () => {
  it("may be JSON, a form or text, and what does not fit is refused with its path", async () => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
    const form = { raw: "customer=Bo&total=7", type: "application/x-www-form-urlencoded" };
    for (const [sent, input] of [
      [{ body: { customer: "Ada", noise: [1] } }, { customer: "Ada", total: null }],
      [form, { customer: "Bo", total: 7 }],
      [
        { raw: "Cleo", type: "text/plain", query: "?total=2" },
        { customer: "Cleo", total: 2 },
      ],
    ] as const) {
      const { status, body } = await send(hook.token, sent);
      expect([status, body]).toMatchObject([202, { executionId: expect.any(String) }]);
      const { run } = await readRun(ours.job, String(body.executionId));
      expect(run.inputData).toEqual(input);
    }
    expect(await send(hook.token, { body: { total: "many" } })).toMatchObject({
      status: 422,
      body: { fields: { "input.customer": [expect.any(String)], "input.total": [expect.any(String)] } },
    });
    expect((await send(hook.token, { raw: "{" })).status).toBe(422);
    expect((await send(hook.token, { raw: `"${"x".repeat(1024 * 1024)}"` })).status).toBe(413);
  });

  it("is mapped by expressions over body, query and the headers that are allowed", async () => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
    const mapping = (expression: string) =>
      mapWebhookInput.parse({
        triggerId: hook.id,
        mapping: "expressions",
        headers: ["x-shop"],
        fields: [
          { key: "customer", expression },
          { key: "total", expression: "body.lines.size()" },
        ],
      });
    await expect(mapWebhook(ours.admin, mapping("input.text"))).rejects.toMatchObject({
      code: "invalid",
      fields: { "fields.0.expression": [expect.stringContaining("input")] },
    });
    await mapWebhook(ours.admin, mapping('body.who + " of " + headers["x-shop"]'));
    const sent = { body: { who: "Ada", lines: [1, 2] }, headers: { "x-shop": "Ghent", "x-other": "secret" } };
    const { body } = await send(hook.token, sent);
    const { run } = await readRun(ours.job, String(body.executionId));
    expect(run.inputData).toEqual({ customer: "Ada of Ghent", total: 2 });
    expect(JSON.stringify(await deliveryRows(ours.admin, hook.id))).not.toContain("secret");
  });

  it("is kept as a sample once while somebody listens, and starts nothing", async () => {
    const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
    await setListening(ours.admin, { triggerId: hook.id, isListening: true });
    expect(await send(hook.token, { body: { a: { b: 1 } } })).toMatchObject({
      status: 202,
      body: { captured: true },
    });
    expect(await findSample(ours.admin, hook.id)).toMatchObject({ body: { a: { b: 1 } } });
    expect((await send(hook.token, { body: { customer: "Ada" } })).body.executionId).toBeTruthy();
    const rows = await deliveryRows(ours.admin, hook.id);
    expect(rows.map((row) => [row.status, row.executionId === null])).toEqual([
      ["captured", true],
      ["accepted", false],
    ]);
  });
});

it("shows a visitor of the workspace no secret, and lets none make a new one", async () => {
  const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
  const stranger = await makeTenant();
  const visitor = mintScope<TenantScope>({
    ...ours.admin,
    actor: { kind: "user", userId: stranger.adminId, sessionId: newId(), impersonatorId: stranger.adminId },
  });
  expect((await getTrigger(ours.admin, hook.id)).access?.signing).toBe(hook.signing);
  expect((await getTrigger(visitor, hook.id)).access).toBeNull();
  const rotation = { triggerId: hook.id, secret: "signature", graceHours: 0 } as const;
  await expect(rotateSecret(visitor, rotation)).rejects.toMatchObject({ code: "forbidden" });
});

it("waits for the result when it is told to", async () => {
  const hook = await makeTrigger(ours.admin, workflowId, "webhook", {
    answer: "with_result",
    waitSeconds: 30,
  });
  expect(await send(hook.token, { body: { customer: "Ada" } })).toMatchObject({
    status: 200,
    body: { status: "completed", result: { greeting: "Hello Ada" }, error: null },
  });
});

it("says to who waits that the run failed, and why", async () => {
  const broken = { key: "each", mode: "expression", value: "input.total.parts" };
  const node = testNode("share", "transform", { fields: [broken] });
  const fields = [{ key: "total", label: "Total", type: "number", required: true }];
  const graph = testGraph(
    [testNode("input", "input", { fields }), node, outputNode("output", { each: "{{ share.each }}" })],
    [testEdge("input", "share"), testEdge("share", "output")],
  );
  const dividing = await publishGraph(ours.admin, "Share", graph);
  const hook = await makeTrigger(ours.admin, dividing, "webhook", { answer: "with_result", waitSeconds: 30 });
  const answer = await send(hook.token, { body: { total: 0 } });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      status: "failed",
      result: null,
      error: { code: "template", message: expect.stringMatching(/\S/), nodeId: "share" },
    },
  });
});

it("does not exist for strangers, when it is off, and once it is deleted", async () => {
  const hook = await makeTrigger(ours.admin, workflowId, "webhook", {});
  const other = await makeTenant();
  for (const attempt of [
    () => getTrigger(other.admin, hook.id),
    () => listTriggers(other.admin, workflowId),
    () => listDeliveries(other.admin, hook.id),
    () => setTriggerActive(other.admin, { triggerId: hook.id, isActive: false }),
    () => deleteTrigger(other.admin, { triggerId: hook.id }),
    () => setListening(other.admin, { triggerId: hook.id, isListening: true }),
    () => rotateSecret(other.admin, { triggerId: hook.id, secret: "address", graceHours: 0 }),
    () => makeTrigger(other.admin, workflowId, "webhook", {}),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
  }
  const status = async () => (await send(hook.token, { body: { customer: "Ada" } })).status;
  expect(await status()).toBe(202);
  await setTriggerActive(ours.member, { triggerId: hook.id, isActive: false });
  expect(await status()).toBe(404);
  await setTriggerActive(ours.admin, { triggerId: hook.id, isActive: true });
  await deleteTrigger(ours.member, { triggerId: hook.id });
  expect(await status()).toBe(404);
  expect((await send("A".repeat(43), { body: {} })).status).toBe(404);
  await expect(getTrigger(ours.admin, hook.id)).rejects.toMatchObject({ code: "not_found" });
});
