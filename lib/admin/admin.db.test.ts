import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { beforeAll, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import { executions } from "@/db/schema/ai";
import { systemConfigs } from "@/db/schema/config";
import { auditLog } from "@/db/schema/system";
import type { PlatformScope, Scope } from "@/db/scope";
import { createApiKey } from "@/lib/api-keys/commands";
import { denial } from "@/lib/auth/authorize";
import { tenantScopeOf } from "@/lib/auth/scope";
import { findSession, type Session } from "@/lib/auth/session";
import { newId } from "@/lib/ids";
import { openConfigValue } from "@/lib/secrets/config-values";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { clearConfig, setConfig } from "./commands/platform";
import { endViewAs, reactivateTenant, setUserActive, startViewAs, suspendTenant } from "./commands/tenants";
import { listAllAudit } from "./queries/audit";
import { listUsers } from "./queries/people";
import { getOverview, listConfiguration } from "./queries/platform";
import { getTenant, listTenants } from "./queries/tenants";

withTestDatabase();

let platform: PlatformScope;
let tenant: TestTenant;

/** The session of the person behind a scope, as the next request finds it. */
async function sessionOf({ actor }: Pick<Scope, "actor">): Promise<Session | null> {
  if (actor.kind !== "user") throw new Error("a person");
  return findSession(actor.userId, actor.sessionId);
}

async function tenantScopeNow(scope: Pick<Scope, "actor">) {
  const session = await sessionOf(scope);
  if (!session) throw new Error("signed in");
  return tenantScopeOf(session, { requestId: "test" });
}

beforeAll(async () => {
  platform = await makePlatform();
  tenant = await makeTenant();
});

describe("looking into a workspace", () => {
  it("shows it read-only, in this session only, until it ends", async () => {
    const { tenantId } = tenant;
    await startViewAs(platform, { tenantId, reason: "support case 4711" });
    const looking = await tenantScopeNow(platform);
    expect(looking).toMatchObject({ tenantId, isReadOnly: true, role: "tenant_admin" });
    expect(looking.actor).toMatchObject({ impersonatorId: expect.any(String) });
    expect(denial(looking, "workflow.read")).toBeNull();
    await expect(
      createApiKey(looking, { name: "Left behind", scopes: ["agents:read"], expiry: "never" }),
    ).rejects.toMatchObject({ code: "forbidden", reason: "read_only" });
    expect((await tenantScopeNow(tenant.member)).isReadOnly).toBe(false);
    expect(await endViewAs(platform)).toEqual({ ended: true });
    expect(await endViewAs(platform)).toEqual({ ended: false });
    expect((await tenantScopeNow(platform)).tenantId).not.toBe(tenantId);
    const { items } = await listAllAudit(platform, { tenantId, action: "tenant.view_as" });
    expect(items.map((row) => row.action)).toEqual(["tenant.view_as_end", "tenant.view_as"]);
    expect(items[1]?.reason).toBe("support case 4711");
  });
});

describe("the audit log", () => {
  it("is found by its days, both included", async () => {
    const { tenantId } = await makeTenant();
    await startViewAs(platform, { tenantId, reason: "night shift" });
    const [row] = (await listAllAudit(platform, { tenantId })).items;
    const dayAfter = (days: number) =>
      new Date((row?.createdAt.getTime() ?? 0) + days * 86_400_000).toISOString().slice(0, 10);
    const found = async (days: { from?: string; to?: string }) =>
      (await listAllAudit(platform, { tenantId, action: "tenant.view_as", ...days })).items.length;
    expect(await found({ from: dayAfter(0), to: dayAfter(0) })).toBe(1);
    expect(await found({ from: dayAfter(-40) })).toBe(1);
    expect(await found({ from: dayAfter(1) })).toBe(0);
    expect(await found({ to: dayAfter(-1) })).toBe(0);
    await endViewAs(platform);
  });
});

describe("the figures of runs", () => {
  it("count what was started, not the parts of it", async () => {
    const { tenantId } = await makeTenant();
    const before = await getOverview(platform);
    const rootExecutionId = newId();
    await drizzle((await database()).pool)
      .insert(executions)
      .values([
        { id: rootExecutionId, tenantId, status: "completed" },
        { id: newId(), tenantId, status: "failed", rootExecutionId, trigger: "workflow" },
        { id: newId(), tenantId, status: "running", rootExecutionId, trigger: "workflow" },
      ]);
    expect(await getTenant(platform, tenantId)).toMatchObject({ runsToday: 1, failedToday: 0 });
    const { runsToday, failedToday, live } = await getOverview(platform);
    expect({ runsToday, failedToday, live }).toEqual({
      runsToday: before.runsToday + 1,
      failedToday: before.failedToday,
      live: before.live,
    });
  });
});

describe("suspending a workspace", () => {
  it("bites on the next request, is idempotent, and never locks the admin out", async () => {
    const { tenantId } = tenant;
    const reason = "asked by the customer";
    await suspendTenant(platform, { tenantId, reason });
    await suspendTenant(platform, { tenantId, reason: "a second click" });
    expect(await getTenant(platform, tenantId)).toMatchObject({
      status: "suspended",
      suspendedReason: reason,
    });
    expect(denial(await tenantScopeNow(tenant.admin), "agent.create")).toMatchObject({
      reason: "tenant_suspended",
    });
    const { items } = await listTenants(platform, { status: "suspended" });
    expect(items.map((row) => row.id)).toEqual([tenantId]);
    await reactivateTenant(platform, { tenantId });
    expect(denial(await tenantScopeNow(tenant.admin), "agent.create")).toBeNull();
    const own = (await sessionOf(platform))?.tenant.id ?? "";
    await expect(suspendTenant(platform, { tenantId: own, reason })).rejects.toMatchObject({
      code: "precondition",
    });
  });
});

describe("deactivating a person", () => {
  it("ends their sessions for good, and nobody else's", async () => {
    const userId = tenant.memberId;
    await setUserActive(platform, { userId, isActive: false, reason: "has left the company" });
    expect(await sessionOf(tenant.member)).toBeNull();
    expect(await sessionOf(tenant.admin)).not.toBeNull();
    const { items } = await listUsers(platform, { state: "inactive" });
    expect(items.map((row) => row.id)).toEqual([userId]);
    await setUserActive(platform, { userId, isActive: true, reason: "came back after all" });
    expect(await sessionOf(tenant.member)).toBeNull();
  });

  it("does not work on oneself", async () => {
    const userId = (await sessionOf(platform))?.userId ?? "";
    await expect(
      setUserActive(platform, { userId, isActive: false, reason: "by mistake" }),
    ).rejects.toMatchObject({ code: "precondition" });
  });
});

describe("a sealed setting", () => {
  const key = "openai.api_key";
  const secret = "sk-very-secret-value-a1b2";

  async function rowsAsStored() {
    const db = drizzle((await database()).pool);
    const [row] = await db.select().from(systemConfigs).where(eq(systemConfigs.key, key));
    const audited = await db.select().from(auditLog).where(eq(auditLog.targetId, key));
    return { row, audited };
  }

  it("can be recognised and used, and never read", async () => {
    await setConfig(platform, { key, value: secret });
    const { row, audited } = await rowsAsStored();
    expect(row).toMatchObject({ isEncrypted: true, lastFour: "••••a1b2" });
    expect(JSON.stringify(row)).not.toContain("very-secret");
    expect(audited).toHaveLength(1);
    expect(JSON.stringify(audited)).not.toContain("very-secret");
    const listed = await listConfiguration(platform);
    expect(listed.find((setting) => setting.key === key)).toMatchObject({
      isSet: true,
      value: null,
      lastFour: "••••a1b2",
    });
    expect(JSON.stringify(listed)).not.toContain(row?.value);
    expect(row && openConfigValue(row).reveal()).toBe(secret);
  });

  it("is gone once cleared; a name that is no setting is refused", async () => {
    await clearConfig(platform, { key });
    expect((await rowsAsStored()).row).toBeUndefined();
    await expect(setConfig(platform, { key: "openai.api_kee", value: secret })).rejects.toMatchObject({
      code: "invalid",
    });
  });
});
