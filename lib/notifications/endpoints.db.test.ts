import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { asTenant } from "@/db/access";
import { notifications, webhookDeliveries, webhookEndpoints } from "@/db/schema/notifications";
import { listAudit } from "@/lib/audit/queries";
import { shiftClock } from "@/lib/clock";
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
import { getEndpoint, listDeliveries, listEndpoints } from "./queries/endpoints";
import { isSignedWith } from "./receiver-testing";
import { messagesTo, tell } from "./testing";

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

describe("an endpoint", () => {
  it("signs with the secret that the receiver has for a day, also when the new one was lost and made once more", async () => {
    for (let made = 0; made < 8; made += 1)
      await rotateEndpointSecret(tenant.admin, { endpointId: endpoint.id });
    await tell(tenant);
    await deliverDue(tenant.job);
    const [got] = receiver.received;
    if (!got) throw new Error("nothing arrived");
    expect(isSignedWith(endpoint.secret, got)).toBe(true);
    expect(String(got.headers["webhook-signature"]).split(" ")).toHaveLength(5);
  });

  it("shows its secret once, keeps it sealed, and signs with both for a day after a new one", async () => {
    const stored = await asTenant(tenant.admin, (tx) =>
      tx.select({ sealed: webhookEndpoints.sealedSecret }).from(webhookEndpoints),
    );
    expect(JSON.stringify([stored, await listEndpoints(tenant.admin)])).not.toContain(endpoint.secret);
    const { secret } = await rotateEndpointSecret(tenant.admin, { endpointId: endpoint.id });
    expect(secret).not.toBe(endpoint.secret);
    await tell(tenant);
    await deliverDue(tenant.job);
    const [got] = receiver.received;
    if (!got) throw new Error("nothing arrived");
    expect([isSignedWith(secret, got), isSignedWith(endpoint.secret, got)]).toEqual([true, true]);
    shiftClock(25 * 60 * 60_000);
    try {
      await tell(tenant);
      await deliverDue(tenant.job);
    } finally {
      shiftClock(0);
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
    await tell(tenant);
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
    const lastTry = () =>
      asTenant(tenant.admin, (tx) =>
        tx.update(webhookDeliveries).set({ attempt: 8 }).where(eq(webhookDeliveries.status, "queued")),
      );
    for (let index = 0; index < 19; index += 1) await tell(tenant);
    await lastTry();
    await deliverDue(tenant.job);
    expect(await getEndpoint(tenant.admin, endpoint.id)).toMatchObject({ isActive: true });
    await tell(tenant);
    await lastTry();
    await tell(tenant);
    await deliverDue(tenant.job);
    expect(await getEndpoint(tenant.admin, endpoint.id)).toMatchObject({
      isActive: false,
      disabledReason: expect.stringContaining("20 messages"),
    });
    expect((await messagesTo(tenant, endpoint.id)).filter(({ status }) => status === "queued")).toEqual([]);
    const told = await asTenant(tenant.admin, (tx) =>
      tx.select({ userId: notifications.userId, title: notifications.title }).from(notifications),
    );
    expect(told).toEqual([{ userId: tenant.adminId, title: expect.stringContaining("127.0.0.1") }]);
  });

  it("stays on after one failure, however many messages ended because it was turned off", async () => {
    receiver.answer = { status: 500, body: "", headers: {} };
    const turn = (isActive: boolean) =>
      setEndpointActive(tenant.admin, { endpointId: endpoint.id, isActive });
    for (let index = 0; index < 20; index += 1) await tell(tenant);
    await turn(false);
    await turn(true);
    await tell(tenant);
    await asTenant(tenant.admin, (tx) =>
      tx.update(webhookDeliveries).set({ attempt: 8 }).where(eq(webhookDeliveries.status, "queued")),
    );
    await deliverDue(tenant.job);
    expect((await messagesTo(tenant, endpoint.id)).map(({ status }) => status)).toEqual(
      Array(21).fill("failed"),
    );
    expect(await getEndpoint(tenant.admin, endpoint.id)).toMatchObject({ isActive: true });
  });

  it("is changed, turned off and removed, each on the record and never with a secret", async () => {
    const { id } = endpoint;
    await updateEndpoint(tenant.admin, {
      endpointId: id,
      url: `${receiver.url}?token=hush`,
      description: "Ops",
      kinds: ["run_failed"],
    });
    await tell(tenant);
    expect(await messagesTo(tenant, endpoint.id)).toEqual([]);
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
    await tell(tenant);
    const [message] = await messagesTo(tenant, endpoint.id);
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

describe("the most endpoints that a workspace has", () => {
  it("are not passed by several that are added at once", async () => {
    const add = () =>
      createEndpoint(tenant.admin, { url: receiver.url, description: "", kinds: ["run_failed"] });
    for (let there = (await listEndpoints(tenant.admin)).length; there < 19; there += 1) await add();
    const ends = await Promise.allSettled([1, 2, 3, 4].map(add));
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await listEndpoints(tenant.admin)).toHaveLength(20);
  });
});
