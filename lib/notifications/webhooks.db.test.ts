import { createHmac } from "node:crypto";
import type { IncomingHttpHeaders, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { notifications, webhookDeliveries, webhookEndpoints } from "@/db/schema/notifications";
import { listAudit } from "@/lib/audit/queries";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { resendMessage, sendTestMessage } from "./commands/deliveries";
import {
  createEndpoint,
  deleteEndpoint,
  rotateEndpointSecret,
  setEndpointActive,
  updateEndpoint,
} from "./commands/endpoints";
import { deliverDue } from "./deliver";
import { notify } from "./notify";
import { getEndpoint, listDeliveries, listEndpoints } from "./queries/endpoints";

type Received = { headers: IncomingHttpHeaders; body: string };

// The settings are read when the first module loads, so the receiver's port must be known before that.
const receiver = await vi.hoisted(async () => {
  const { createServer: create } = await import("node:http");
  const received: Received[] = [];
  const state = { received, answer: { status: 200, body: "", headers: {} as Record<string, string> } };
  const server: Server = create((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
      response.writeHead(state.answer.status, state.answer.headers).end(state.answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("OUTBOUND_ALLOW", `127.0.0.1:${port}`);
  return Object.assign(state, { server, url: `http://127.0.0.1:${port}/hook` });
});

withTestDatabase();
afterAll(() => {
  receiver.server.close();
});
afterEach(() => {
  receiver.received.length = 0;
  receiver.answer = { status: 200, body: "", headers: {} };
});

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

function tell(dedupeKey = newId()): Promise<void> {
  return asWorker(tenant.job, (tx) =>
    notify(tx, tenant.job, {
      kind: "schedule_off",
      title: "Nightly is off",
      body: "It failed too often.",
      href: "/app/workflows",
      dedupeKey,
      to: {},
    }),
  );
}

async function messagesOf(endpointId = endpoint.id) {
  return (await listDeliveries(tenant.admin, endpointId, {})).items;
}

/** As if the waiting were over. */
function makeDue(): Promise<unknown> {
  return asTenant(tenant.admin, (tx) => tx.update(webhookDeliveries).set({ nextAttemptAt: sql`now()` }));
}

function isSignedWith(secret: string, { headers, body }: Received): boolean {
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const expected = `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  return String(headers["webhook-signature"]).split(" ").includes(expected);
}

describe("a message", () => {
  it("arrives signed, once, with what it is about", async () => {
    await tell();
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
    expect(await messagesOf()).toMatchObject([
      { status: "delivered", attempt: 1, lastStatus: 200, lastError: null },
    ]);
    await makeDue();
    expect(await deliverDue(tenant.job)).toEqual({ tried: 0, nextInMs: null });
  });

  it("is tried again later and later under the same id, and given up after a day", async () => {
    receiver.answer = { status: 500, body: "out of order", headers: {} };
    await tell();
    const waits: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const { nextInMs } = await deliverDue(tenant.job);
      if (nextInMs === null) break;
      waits.push(Math.round(nextInMs / 1000));
      await makeDue();
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
    expect(await messagesOf()).toMatchObject([
      { status: "failed", attempt: 9, lastStatus: 500, lastError: "It answered 500: out of order" },
    ]);
  });

  it("whose worker died is tried again once the lease is over, and not before", async () => {
    await tell();
    await asWorker(tenant.job, (tx) =>
      tx.update(webhookDeliveries).set({ attempt: 1, nextAttemptAt: sql`now() + interval '60 seconds'` }),
    );
    expect((await deliverDue(tenant.job)).tried).toBe(0);
    await makeDue();
    await deliverDue(tenant.job);
    expect(await messagesOf()).toMatchObject([{ status: "delivered", attempt: 2 }]);
  });

  it("does not follow a redirect", async () => {
    receiver.answer = { status: 302, body: "", headers: { location: receiver.url } };
    await tell();
    await deliverDue(tenant.job);
    expect(receiver.received).toHaveLength(1);
    expect(await messagesOf()).toMatchObject([
      { status: "queued", lastStatus: null, lastError: expect.stringContaining("redirect") },
    ]);
  });

  it("that was given up is sent again under the same id; one that waits is not", async () => {
    receiver.answer = { status: 410, body: "", headers: {} };
    await tell();
    await deliverDue(tenant.job);
    const [given] = await messagesOf();
    const deliveryId = given?.id ?? "";
    await expect(resendMessage(tenant.admin, { deliveryId })).rejects.toMatchObject({ code: "precondition" });
    await setEndpointActive(tenant.admin, { endpointId: endpoint.id, isActive: true });
    receiver.answer = { status: 204, body: "", headers: {} };
    await resendMessage(tenant.admin, { deliveryId });
    await expect(resendMessage(tenant.admin, { deliveryId })).rejects.toMatchObject({ code: "precondition" });
    await deliverDue(tenant.job);
    expect(await messagesOf()).toMatchObject([
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
    expect(await messagesOf()).toMatchObject([
      { status: "failed", attempt: 0, lastError: "The endpoint was turned off." },
    ]);
  });

  it("that only tests is tried once", async () => {
    receiver.answer = { status: 503, body: "", headers: {} };
    await sendTestMessage(tenant.admin, { endpointId: endpoint.id });
    expect(await deliverDue(tenant.job)).toEqual({ tried: 1, nextInMs: null });
    expect(await messagesOf()).toMatchObject([{ kind: "test", status: "failed", attempt: 1 }]);
  });
});

describe("an endpoint", () => {
  it("shows its secret once, keeps it sealed, and signs with both for a day after a new one", async () => {
    const stored = await asTenant(tenant.admin, (tx) =>
      tx.select({ sealed: webhookEndpoints.sealedSecret }).from(webhookEndpoints),
    );
    expect(JSON.stringify([stored, await listEndpoints(tenant.admin)])).not.toContain(endpoint.secret);
    const { secret } = await rotateEndpointSecret(tenant.admin, { endpointId: endpoint.id });
    expect(secret).not.toBe(endpoint.secret);
    await tell();
    await deliverDue(tenant.job);
    const [got] = receiver.received;
    if (!got) throw new Error("nothing arrived");
    expect([isSignedWith(secret, got), isSignedWith(endpoint.secret, got)]).toEqual([true, true]);
    vi.useFakeTimers({ now: Date.now() + 25 * 60 * 60_000, toFake: ["Date"] });
    try {
      await tell();
      await deliverDue(tenant.job);
    } finally {
      vi.useRealTimers();
    }
    const later = receiver.received[1];
    if (!later) throw new Error("nothing arrived a day later");
    expect([isSignedWith(secret, later), isSignedWith(endpoint.secret, later)]).toEqual([true, false]);
  });

  it("does not open the secret of another endpoint", async () => {
    const other = await createEndpoint(tenant.admin, {
      url: receiver.url,
      description: "",
      kinds: ["run_failed"],
    });
    await asTenant(tenant.admin, async (tx) => {
      const [row] = await tx
        .select({ sealed: webhookEndpoints.sealedSecret })
        .from(webhookEndpoints)
        .where(eq(webhookEndpoints.id, other.id));
      await tx
        .update(webhookEndpoints)
        .set({ sealedSecret: row?.sealed ?? "" })
        .where(eq(webhookEndpoints.id, endpoint.id));
    });
    await tell();
    await deliverDue(tenant.job);
    expect(receiver.received).toEqual([]);
  });

  it("must be a public https address", async () => {
    for (const url of [
      "http://example.com/",
      "https://10.0.0.1/",
      "https://[::1]/",
      "ftp://example.com",
      "nonsense",
    ]) {
      const attempt = createEndpoint(tenant.admin, { url, description: "", kinds: ["run_failed"] });
      await expect(attempt, url).rejects.toMatchObject({
        code: "invalid",
        fields: { url: [expect.any(String)] },
      });
    }
  });

  it("is turned off, and the admins are told, when it gave up twenty messages in a row", async () => {
    receiver.answer = { status: 500, body: "", headers: {} };
    for (let index = 0; index < 20; index += 1) await tell();
    await asTenant(tenant.admin, (tx) => tx.update(webhookDeliveries).set({ attempt: 8 }));
    await deliverDue(tenant.job);
    expect(await getEndpoint(tenant.admin, endpoint.id)).toMatchObject({ isActive: true });
    await tell();
    await deliverDue(tenant.job);
    expect(await getEndpoint(tenant.admin, endpoint.id)).toMatchObject({
      isActive: false,
      disabledReason: expect.stringContaining("20 messages"),
    });
    expect((await messagesOf()).filter(({ status }) => status === "queued")).toEqual([]);
    const told = await asTenant(tenant.admin, (tx) =>
      tx.select({ userId: notifications.userId, title: notifications.title }).from(notifications),
    );
    expect(told).toEqual([{ userId: tenant.adminId, title: expect.stringContaining("127.0.0.1") }]);
  });

  it("is changed, turned off and removed, each on the record and never with a secret", async () => {
    const { id } = endpoint;
    await updateEndpoint(tenant.admin, {
      endpointId: id,
      url: `${receiver.url}?token=hush`,
      description: "Ops",
      kinds: ["run_failed"],
    });
    await tell();
    expect(await messagesOf()).toEqual([]);
    await setEndpointActive(tenant.admin, { endpointId: id, isActive: false });
    await deleteEndpoint(tenant.admin, { endpointId: id });
    await expect(getEndpoint(tenant.admin, id)).rejects.toMatchObject({ code: "not_found" });
    const record = JSON.stringify((await listAudit(tenant.admin, {})).items);
    for (const action of ["create", "update", "turn_off", "delete"]) {
      expect(record).toContain(`webhook_endpoint.${action}`);
    }
    expect(record).not.toMatch(/hush|whsec_/);
  });

  it("is for admins, and does not exist for a stranger", async () => {
    const stranger = await makeTenant();
    const endpointId = endpoint.id;
    await tell();
    const [message] = await messagesOf();
    await expect(listEndpoints(tenant.member)).rejects.toMatchObject({ code: "forbidden" });
    for (const attempt of [
      () => getEndpoint(stranger.admin, endpointId),
      () => rotateEndpointSecret(stranger.admin, { endpointId }),
      () => setEndpointActive(stranger.admin, { endpointId, isActive: false }),
      () => sendTestMessage(stranger.admin, { endpointId }),
      () => resendMessage(stranger.admin, { deliveryId: message?.id ?? "" }),
      () => deleteEndpoint(stranger.admin, { endpointId }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
    }
    expect((await listDeliveries(stranger.admin, endpointId, {})).items).toEqual([]);
  });
});
