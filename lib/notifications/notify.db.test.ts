import { and, eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem, asTenant, asWorker } from "@/db/access";
import { users } from "@/db/schema/auth";
import {
  notificationPreferences,
  notifications,
  webhookDeliveries,
  webhookEndpoints,
} from "@/db/schema/notifications";
import { emails } from "@/db/schema/system";
import { newId } from "@/lib/ids";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { waiting } from "@/lib/testing/held";
import { mailsTo } from "@/lib/testing/mail";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { type Notice, notify } from "./notify";

withTestDatabase();

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

const mailOf = (userId: string) => `${userId}@example.test`;

function notice(change: Partial<Notice> = {}): Notice {
  return {
    kind: "approval_asked",
    title: "Pay the invoice?",
    body: "“Invoices” asks.",
    href: "/app/approvals/1",
    dedupeKey: `approval:${newId()}`,
    to: { members: true },
    ids: { approvalId: "1" },
    ...change,
  };
}

function toldTo(userId: string) {
  return asTenant(tenant.admin, (tx) =>
    tx
      .select({ title: notifications.title, times: notifications.occurrences, readAt: notifications.readAt })
      .from(notifications)
      .where(eq(notifications.userId, userId)),
  );
}

async function addEndpoint(kinds: string[], isActive = true): Promise<string> {
  const id = newId();
  await asTenant(tenant.admin, (tx) =>
    tx.insert(webhookEndpoints).values({
      id,
      tenantId: tenant.tenantId,
      url: "https://example.com/hook",
      kinds,
      isActive,
      sealedSecret: "-",
    }),
  );
  return id;
}

function messages() {
  return asTenant(tenant.admin, (tx) =>
    tx
      .select({
        endpointId: webhookDeliveries.endpointId,
        messageId: webhookDeliveries.messageId,
        payload: webhookDeliveries.payload,
        status: webhookDeliveries.status,
      })
      .from(webhookDeliveries),
  );
}

describe.each([
  ["tenant", asTenant],
  ["worker", asWorker],
] as const)("in a %s transaction", (_name, handle) => {
  it("tells each person once, in the console and by mail, however often it is told", async () => {
    const told = notice({ to: { members: true, admins: true, userIds: [tenant.memberId] } });
    await handle(tenant.admin, (tx) => notify(tx, tenant.admin, told));
    await handle(tenant.admin, (tx) => notify(tx, tenant.admin, told));
    for (const userId of [tenant.adminId, tenant.memberId]) {
      expect(await toldTo(userId)).toEqual([{ title: "Pay the invoice?", times: 1, readAt: null }]);
      expect(await mailsTo(mailOf(userId))).toEqual([
        {
          subject: "Pay the invoice?",
          actionUrl: expect.stringMatching(/^https?:\/\/.*\/app\/approvals\/1$/),
        },
      ]);
    }
  });

  it("counts what happens again, and makes it unread", async () => {
    const told = notice({ kind: "run_failed", isCounted: true, to: { admins: true } });
    await handle(tenant.admin, (tx) => notify(tx, tenant.admin, told));
    await asTenant(tenant.admin, (tx) => tx.update(notifications).set({ readAt: sql`now()` }));
    await handle(tenant.admin, (tx) => notify(tx, tenant.admin, told));
    expect(await toldTo(tenant.adminId)).toEqual([{ title: told.title, times: 2, readAt: null }]);
    expect(await toldTo(tenant.memberId)).toEqual([]);
  });

  it("leaves nothing behind when the transaction fails", async () => {
    await addEndpoint(["approval_asked"]);
    const attempt = handle(tenant.admin, async (tx) => {
      await notify(tx, tenant.admin, notice());
      throw new Error("the work failed");
    });
    await expect(attempt).rejects.toThrow("the work failed");
    expect(await toldTo(tenant.memberId)).toEqual([]);
    expect(await mailsTo(mailOf(tenant.memberId))).toEqual([]);
    expect(await messages()).toEqual([]);
  });
});

describe("who is told", () => {
  it("is what each person chose, else the default of the kind", async () => {
    await asTenant(tenant.admin, (tx) =>
      tx.insert(notificationPreferences).values([
        {
          tenantId: tenant.tenantId,
          userId: tenant.adminId,
          kind: "run_failed",
          inApp: false,
          byMail: true,
        },
        {
          tenantId: tenant.tenantId,
          userId: tenant.memberId,
          kind: "schedule_off",
          inApp: false,
          byMail: false,
        },
      ]),
    );
    await asWorker(tenant.job, async (tx) => {
      await notify(tx, tenant.job, notice({ kind: "run_failed", title: "Failed" }));
      await notify(tx, tenant.job, notice({ kind: "schedule_off", title: "Off" }));
    });
    const titles = async (userId: string) => [
      (await toldTo(userId)).map((row) => row.title),
      (await mailsTo(mailOf(userId))).map((mail) => mail.subject).sort(),
    ];
    expect(await titles(tenant.adminId)).toEqual([["Off"], ["Failed", "Off"]]);
    expect(await titles(tenant.memberId)).toEqual([["Failed"], []]);
  });

  it("is nobody who left, and nobody of another tenant", async () => {
    const other = await makeTenant();
    await asSystem("test", (tx) =>
      tx.update(users).set({ isActive: false }).where(eq(users.id, tenant.memberId)),
    );
    await asWorker(tenant.job, (tx) =>
      notify(tx, tenant.job, notice({ to: { userIds: [tenant.memberId, other.adminId, tenant.adminId] } })),
    );
    const told = await asSystem("test", (tx) =>
      tx
        .select({ userId: notifications.userId })
        .from(notifications)
        .where(eq(notifications.title, "Pay the invoice?")),
    );
    expect(told.map((row) => row.userId)).toContain(tenant.adminId);
    for (const userId of [tenant.memberId, other.adminId]) {
      expect(told.map((row) => row.userId)).not.toContain(userId);
      expect(await mailsTo(mailOf(userId))).toEqual([]);
    }
  });

  it("gets no mail at an address that was never proved", async () => {
    await asSystem("test", (tx) =>
      tx.update(users).set({ isVerified: false }).where(eq(users.id, tenant.adminId)),
    );
    await asWorker(tenant.job, (tx) => notify(tx, tenant.job, notice({ to: { admins: true } })));
    expect(await toldTo(tenant.adminId)).toHaveLength(1);
    expect(await mailsTo(mailOf(tenant.adminId))).toEqual([]);
  });
});

describe("the tenant's own systems", () => {
  it("are told once at each active endpoint that listens, with ids and without the run's own words", async () => {
    const listening = await addEndpoint(["approval_asked", "run_failed"]);
    await addEndpoint(["schedule_off"]);
    await addEndpoint(["approval_asked"], false);
    const told = notice({ title: "Pay 4,000 to Acme?" });
    await asWorker(tenant.job, (tx) => notify(tx, tenant.job, told));
    await asWorker(tenant.job, (tx) => notify(tx, tenant.job, told));
    const [message, ...more] = await messages();
    expect(more).toEqual([]);
    expect(message).toMatchObject({
      endpointId: listening,
      status: "queued",
      payload: {
        id: message?.messageId,
        type: "approval_asked",
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        data: { approvalId: "1", href: expect.stringMatching(/\/app\/approvals\/1$/) },
      },
    });
    expect(JSON.stringify(message)).not.toContain("Acme");
  });
});

describe.runIf(testServerUrl())("an endpoint that is removed at that moment", () => {
  it("takes nothing along of what tells it", async () => {
    const endpointId = await addEndpoint(["approval_asked"]);
    const removed = Promise.withResolvers<void>();
    const removing = asTenant(tenant.admin, async (tx) => {
      await tx.delete(webhookEndpoints).where(eq(webhookEndpoints.id, endpointId));
      removed.resolve();
      await vi.waitUntil(async () => (await waiting()) > 0, { timeout: 20_000 });
    });
    await removed.promise;
    await Promise.all([removing, asWorker(tenant.job, (tx) => notify(tx, tenant.job, notice()))]);
    expect(await toldTo(tenant.memberId)).toHaveLength(1);
    expect(await messages()).toEqual([]);
  });
});

it("keeps the subject of a mail on one line", async () => {
  await asWorker(tenant.job, (tx) =>
    notify(tx, tenant.job, notice({ title: "Pay?\r\nBcc: all@example.test" })),
  );
  const [mail] = await asSystem("test", (tx) =>
    tx
      .select({ subject: emails.subject })
      .from(emails)
      .where(and(eq(emails.recipient, mailOf(tenant.adminId)))),
  );
  expect(mail?.subject).toBe("Pay? Bcc: all@example.test");
});
