import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { webhookDeliveries } from "@/db/schema/notifications";
import { newId } from "@/lib/ids";
import { log } from "@/lib/log";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { resendMessage, sendTestMessage } from "./commands/deliveries";
import { createEndpoint, deleteEndpoint, setEndpointActive } from "./commands/endpoints";
import { deliverDue } from "./deliver";
import { isSignedWith } from "./receiver-testing";
import { makeDue, messagesTo, tell } from "./testing";

// Before the imports are loaded.
const receiver = await vi.hoisted(async () => (await import("./receiver-testing")).startReceiver());

withTestDatabase();

let tenant: TestTenant;
let endpoint: { id: string; secret: string };
beforeEach(async () => {
  tenant = await makeTenant();
  endpoint = await createEndpoint(tenant.admin, {
    url: receiver.url,
    description: "",
    kinds: ["run_failed", "schedule_off"],
  });
});

describe("a message", () => {
  it("arrives signed, once, with what it is about", async () => {
    await tell(tenant);
    const results = await Promise.all([
      deliverDue(tenant.job),
      deliverDue(tenant.job),
      deliverDue(tenant.job),
    ]);
    expect(results.reduce((sum, { tried }) => sum + tried, 0)).toBe(1);
    expect(receiver.received).toHaveLength(1);
    const [got] = receiver.received;
    if (!got) throw new Error("nothing arrived");
    expect(isSignedWith(endpoint.secret, got)).toBe(true);
    expect(Math.abs(Number(got.headers["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(60);
    expect(Object.keys(JSON.parse(got.body))).toEqual(["id", "type", "createdAt", "data"]);
    expect(JSON.parse(got.body)).toMatchObject({
      id: got.headers["webhook-id"],
      type: "schedule_off",
      data: { title: "Nightly is off", href: expect.stringMatching(/^http.*\/app\/workflows$/) },
    });
    expect(await messagesTo(tenant, endpoint.id)).toMatchObject([
      { status: "delivered", attempt: 1, lastStatus: 200, lastError: null },
    ]);
    await makeDue(tenant);
    expect(await deliverDue(tenant.job)).toEqual({ tried: 0, nextInMs: null });
  });

  // What is embedded has the clock of its process.
  it.runIf(testServerUrl())("is signed as of now by a process whose clock is off", async () => {
    await tell(tenant);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 600_000 });
    await deliverDue(tenant.job).finally(() => vi.useRealTimers());
    const [row] = await messagesTo(tenant, endpoint.id);
    const signedAt = Number(receiver.received[0]?.headers["webhook-timestamp"]);
    expect(signedAt).toBeLessThanOrEqual(Math.floor((row?.deliveredAt?.getTime() ?? 0) / 1000));
  });

  it("is tried again later and later under the same id, and given up after a day", async () => {
    receiver.answer = { status: 500, body: "out of order", headers: {} };
    await tell(tenant);
    const waits: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const { nextInMs } = await deliverDue(tenant.job);
      if (nextInMs === null) break;
      waits.push(Math.round(nextInMs / 1000));
      await makeDue(tenant);
    }
    const expected = [5, 30, 120, 600, 3_600, 10_800, 28_800, 43_200];
    expect(waits).toHaveLength(expected.length);
    for (const [index, seconds] of expected.entries()) {
      // Some of the wait has passed when it is looked at, never so much that it is the one before.
      expect(waits[index]).toBeLessThanOrEqual(seconds);
      expect(waits[index]).toBeGreaterThanOrEqual(expected[index - 1] ?? 0);
    }
    expect(receiver.received).toHaveLength(9);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(await messagesTo(tenant, endpoint.id)).toMatchObject([
      { status: "failed", attempt: 9, lastStatus: 500, lastError: "It answered 500: out of order" },
    ]);
  });

  it.each([
    [429, "300", 300],
    [503, "600000", 3_600],
    [503, "1", 5],
    [503, "soon", 5],
  ])(
    "that is answered %i is tried again no earlier than “%s” asks for, within bounds",
    async (status, asked, seconds) => {
      receiver.answer = { status, body: "", headers: { "retry-after": asked } };
      await tell(tenant);
      const { nextInMs } = await deliverDue(tenant.job);
      expect(nextInMs).toBeLessThanOrEqual(seconds * 1000);
      expect(nextInMs).toBeGreaterThanOrEqual(Math.max(0, seconds - 60) * 1000);
    },
  );

  it("whose worker died is tried again once the lease is over, and not before", async () => {
    await tell(tenant);
    await asWorker(tenant.job, (tx) =>
      tx.update(webhookDeliveries).set({ attempt: 1, nextAttemptAt: sql`now() + interval '60 seconds'` }),
    );
    expect((await deliverDue(tenant.job)).tried).toBe(0);
    await makeDue(tenant);
    await deliverDue(tenant.job);
    expect(await messagesTo(tenant, endpoint.id)).toMatchObject([{ status: "delivered", attempt: 2 }]);
  });

  it("does not wait behind those of another endpoint that takes none", async () => {
    for (let count = 0; count < 12; count += 1) await tell(tenant);
    const url = `${receiver.url}/healthy`;
    const healthy = await createEndpoint(tenant.admin, { url, description: "", kinds: ["schedule_off"] });
    await tell(tenant);
    receiver.answer = { status: 500, body: "", headers: {} };
    await deliverDue(tenant.job);
    expect(await messagesTo(tenant, healthy.id)).toMatchObject([{ attempt: 1 }]);
    expect(await messagesTo(tenant, endpoint.id)).toHaveLength(13);
  });

  it("does not follow a redirect", async () => {
    receiver.answer = { status: 302, body: "", headers: { location: receiver.url } };
    await tell(tenant);
    await deliverDue(tenant.job);
    expect(receiver.received).toHaveLength(1);
    expect(await messagesTo(tenant, endpoint.id)).toMatchObject([
      { status: "queued", lastStatus: null, lastError: expect.stringContaining("redirect") },
    ]);
  });

  it("that was given up is sent again under the same id; one that waits is not", async () => {
    receiver.answer = { status: 410, body: "", headers: {} };
    await tell(tenant);
    await deliverDue(tenant.job);
    const [given] = await messagesTo(tenant, endpoint.id);
    const deliveryId = given?.id ?? "";
    await expect(resendMessage(tenant.admin, { deliveryId })).rejects.toMatchObject({ code: "precondition" });
    await setEndpointActive(tenant.admin, { endpointId: endpoint.id, isActive: true });
    receiver.answer = { status: 204, body: "", headers: {} };
    await resendMessage(tenant.admin, { deliveryId });
    await expect(resendMessage(tenant.admin, { deliveryId })).rejects.toMatchObject({ code: "precondition" });
    await deliverDue(tenant.job);
    expect(await messagesTo(tenant, endpoint.id)).toMatchObject([
      { id: deliveryId, status: "delivered", attempt: 1, lastStatus: 204 },
    ]);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });

  it("that was written while its endpoint was turned off is not sent", async () => {
    await setEndpointActive(tenant.admin, { endpointId: endpoint.id, isActive: false });
    await asWorker(tenant.job, (tx) =>
      tx.insert(webhookDeliveries).values({
        tenantId: tenant.tenantId,
        endpointId: endpoint.id,
        kind: "schedule_off",
        messageId: `msg_${newId()}`,
        payload: {},
      }),
    );
    await deliverDue(tenant.job);
    expect(receiver.received).toEqual([]);
    expect(await messagesTo(tenant, endpoint.id)).toMatchObject([
      { status: "failed", attempt: 0, lastError: "The endpoint was turned off." },
    ]);
  });

  it("whose endpoint is removed during its last try is gone with it: that is no error", async () => {
    const logged = vi.spyOn(log, "error");
    receiver.answer = { status: 410, body: "", headers: {} };
    receiver.whileAsked = () => deleteEndpoint(tenant.admin, { endpointId: endpoint.id });
    await tell(tenant);
    expect(await deliverDue(tenant.job)).toEqual({ tried: 1, nextInMs: null });
    expect(receiver.received).toHaveLength(1);
    expect(logged.mock.calls).toEqual([]);
  });

  it("that arrives while its endpoint is turned off has arrived", async () => {
    receiver.whileAsked = () => setEndpointActive(tenant.admin, { endpointId: endpoint.id, isActive: false });
    await tell(tenant);
    await deliverDue(tenant.job);
    expect(receiver.received).toHaveLength(1);
    expect(await messagesTo(tenant, endpoint.id)).toMatchObject([
      { status: "delivered", lastStatus: 200, lastError: null },
    ]);
  });

  it("that only tests is tried once", async () => {
    receiver.answer = { status: 503, body: "", headers: {} };
    await sendTestMessage(tenant.admin, { endpointId: endpoint.id });
    expect(await deliverDue(tenant.job)).toEqual({ tried: 1, nextInMs: null });
    expect(await messagesTo(tenant, endpoint.id)).toMatchObject([
      { kind: "test", status: "failed", attempt: 1 },
    ]);
  });
});
