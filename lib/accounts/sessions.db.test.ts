import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { database, openServer, setDatabase } from "@/db/pool";
import { refreshTokens, tenants, users } from "@/db/schema/auth";
import type { TenantScope } from "@/db/scope";
import { hashPassword, isPasswordRight } from "@/lib/auth/password";
import { findSession, type Session } from "@/lib/auth/session";
import { newId } from "@/lib/ids";
import { renameWorkspace } from "@/lib/tenants/settings";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { changePassword, renameSelf } from "./profile";
import { findEnding } from "./session-ending";
import { closeSession, listSessions, openSession, type RevocationReason, revokeSessions } from "./sessions";

withTestDatabase();

const HOUR_MS = 3_600_000;
const OLD = "copper lantern riverbed";
const NEW = "violet umbrellas seven";

async function live(userId: string, sessionId: string): Promise<Session> {
  const session = await findSession(userId, sessionId);
  if (!session) throw new Error("the session is over");
  return session;
}

async function endOf(sessionId: string): Promise<Date> {
  const [row] = await asSystem("test", (tx) =>
    tx.select({ at: refreshTokens.expiresAt }).from(refreshTokens).where(eq(refreshTokens.id, sessionId)),
  );
  return row?.at ?? new Date(0);
}

function age(sessionId: string, seenMinutesAgo: number, endsInHours: number, absoluteInHours: number) {
  return asSystem("test", (tx) =>
    tx
      .update(refreshTokens)
      .set({
        lastSeenAt: sql`now() - make_interval(mins => ${seenMinutesAgo})`,
        expiresAt: sql`now() + make_interval(hours => ${endsInHours})`,
        absoluteExpiresAt: sql`now() + make_interval(hours => ${absoluteInHours})`,
      })
      .where(eq(refreshTokens.id, sessionId)),
  );
}

describe("how long a session lives", () => {
  it("moves its end with use, never past its absolute end, and not on every request", async () => {
    const { adminId } = await makeTenant();
    const sessionId = await openSession(adminId, { requestId: newId() });
    await age(sessionId, 1, 3, 100);
    await live(adminId, sessionId);
    expect((await endOf(sessionId)).getTime()).toBeLessThan(Date.now() + 4 * HOUR_MS);
    await age(sessionId, 10, 3, 100);
    await live(adminId, sessionId);
    expect((await endOf(sessionId)).getTime()).toBeGreaterThan(Date.now() + 11 * HOUR_MS);
    await age(sessionId, 10, 1, 2);
    await live(adminId, sessionId);
    expect((await endOf(sessionId)).getTime()).toBeLessThan(Date.now() + 3 * HOUR_MS);
    await age(sessionId, 10, 5, -1);
    expect(await findSession(adminId, sessionId)).toBeNull();
    await age(sessionId, 800, -1, 100);
    expect(await findSession(adminId, sessionId)).toBeNull();
  });

  it.runIf(testServerUrl())("lets people read while the database takes no changes", async () => {
    const { adminId } = await makeTenant();
    const sessionId = await openSession(adminId, { requestId: newId() });
    await age(sessionId, 10, 3, 100);
    const target = await database();
    const shut = new URL(target.connectionString ?? "");
    shut.searchParams.set("options", "-c default_transaction_read_only=on");
    const standby = openServer(shut.href, 1);
    setDatabase(standby);
    try {
      expect(await findSession(adminId, sessionId)).toMatchObject({ sessionId });
    } finally {
      setDatabase(target);
      await standby.close();
    }
    await live(adminId, sessionId);
    expect((await endOf(sessionId)).getTime()).toBeGreaterThan(Date.now() + 11 * HOUR_MS);
  });

  it("ends at sign-out, twice without harm, and only by its owner", async () => {
    const { adminId, memberId } = await makeTenant();
    const sessionId = await openSession(adminId, { requestId: newId() });
    await closeSession(memberId, sessionId);
    await live(adminId, sessionId);
    await closeSession(adminId, sessionId);
    await closeSession(adminId, sessionId);
    expect(await findSession(adminId, sessionId)).toBeNull();
  });

  it("does not open for somebody deactivated", async () => {
    const { memberId } = await makeTenant();
    await asSystem("test", (tx) => tx.update(users).set({ isActive: false }).where(eq(users.id, memberId)));
    await expect(openSession(memberId, { requestId: newId() })).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });
});

describe("why a session ended", () => {
  it("is told to its cookie: another role, another password, another device, or no account any more", async () => {
    const { adminId: userId } = await makeTenant();
    const endedBy = async (reason: RevocationReason) => {
      const sessionId = await openSession(userId, { requestId: newId() });
      expect(await findEnding({ userId, sessionId })).toBeNull();
      await asSystem("test", (tx) => revokeSessions(tx, userId, reason));
      return findEnding({ userId, sessionId });
    };
    expect(await endedBy("role_changed")).toMatchObject({
      sentence: "Your role was changed, which signed you out.",
      maySignIn: true,
    });
    expect(await endedBy("signed_out")).toBeNull();
    const sessionId = await openSession(userId, { requestId: newId() });
    await asSystem("test", (tx) => tx.update(users).set({ isActive: false }).where(eq(users.id, userId)));
    expect(await findEnding({ userId, sessionId })).toMatchObject({ maySignIn: false });
    expect(await findEnding({ userId: newId(), sessionId })).toBeNull();
  });
});

describe("one's own account", () => {
  it("changes the password after proving the current one, and ends the other sessions", async () => {
    const { adminId } = await makeTenant();
    const hashedPassword = await hashPassword(OLD);
    await asSystem("test", (tx) => tx.update(users).set({ hashedPassword }).where(eq(users.id, adminId)));
    const here = await openSession(adminId, { requestId: newId() });
    const there = await openSession(adminId, { requestId: newId() });
    const session = await live(adminId, here);
    await expect(
      changePassword(session, { currentPassword: "not the current one", password: NEW }),
    ).rejects.toMatchObject({ fields: { currentPassword: [expect.any(String)] } });
    await expect(changePassword(session, { currentPassword: OLD, password: OLD })).rejects.toMatchObject({
      fields: { password: [expect.any(String)] },
    });
    await changePassword(session, { currentPassword: OLD, password: NEW });
    await live(adminId, here);
    expect(await findSession(adminId, there)).toBeNull();
    expect((await listSessions(session)).map((item) => item.id)).toEqual([here]);
    const [stored] = await asSystem("test", (tx) =>
      tx.select({ hash: users.hashedPassword }).from(users).where(eq(users.id, adminId)),
    );
    expect(await isPasswordRight(stored?.hash ?? null, NEW)).toBe(true);
    expect(stored?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it("changes one's own name, nobody else's", async () => {
    const { adminId, memberId } = await makeTenant();
    const session = await live(adminId, await openSession(adminId, { requestId: newId() }));
    await renameSelf(session, { fullName: "Grace Hopper" });
    const names = await asSystem("test", (tx) =>
      tx
        .select({ id: users.id, name: users.fullName })
        .from(users)
        .where(sql`${users.id} in (${adminId}, ${memberId})`),
    );
    expect(new Map(names.map((row) => [row.id, row.name]))).toEqual(
      new Map([
        [adminId, "Grace Hopper"],
        [memberId, "Test user"],
      ]),
    );
  });
});

describe("the workspace's name", () => {
  it("is changed by its admins while it is active, in their own workspace", async () => {
    const [a, b] = [await makeTenant(), await makeTenant()];
    await renameWorkspace(a.admin, { name: "Renamed" });
    await expect(renameWorkspace(a.member, { name: "No" })).rejects.toMatchObject({ code: "forbidden" });
    const suspended: TenantScope = { ...a.admin, tenantStatus: "suspended" };
    await expect(renameWorkspace(suspended, { name: "No" })).rejects.toMatchObject({
      reason: "tenant_suspended",
    });
    const rows = await asSystem("test", (tx) =>
      tx.select({ id: tenants.id, name: tenants.name }).from(tenants),
    );
    const names = new Map(rows.map((row) => [row.id, row.name]));
    expect(names.get(a.tenantId)).toBe("Renamed");
    expect(names.get(b.tenantId)).toBe(`Tenant ${b.tenantId}`);
  });
});
