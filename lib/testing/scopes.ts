import { eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { partnerMembers, partners, refreshTokens, tenants, users } from "@/db/schema/auth";
import { wallets } from "@/db/schema/wallets";
import {
  mintScope,
  type PartnerScope,
  type PlatformScope,
  type TenantScope,
  type UserRole,
} from "@/db/scope";
import { newId } from "@/lib/ids";

export type TestTenant = {
  tenantId: string;
  adminId: string;
  memberId: string;
  /** The tenant's admin, its member, and a job working for it. */
  admin: TenantScope;
  member: TenantScope;
  job: TenantScope;
};

async function addUser(tenantId: string, role: UserRole): Promise<{ userId: string; sessionId: string }> {
  const userId = newId();
  const sessionId = newId();
  await asSystem("test", async (tx) => {
    await tx.insert(users).values({
      id: userId,
      tenantId,
      email: `${userId}@example.test`,
      fullName: `Test ${role}`,
      hashedPassword: "!",
      role,
      isVerified: true,
    });
    const expiresAt = new Date(Date.now() + 3_600_000);
    await tx.insert(refreshTokens).values({
      id: sessionId,
      userId,
      token: newId(),
      familyId: sessionId,
      expiresAt,
      absoluteExpiresAt: expiresAt,
    });
  });
  return { userId, sessionId };
}

function tenantScope(tenantId: string, role: TenantScope["role"], actor: TenantScope["actor"]) {
  return mintScope<TenantScope>({
    kind: "tenant",
    tenantId,
    role,
    apiScopes: [],
    isReadOnly: false,
    tenantStatus: "active",
    actor,
  });
}

/** A limit that no test reaches. */
const wideWallet = (tenantId: string) => ({ tenantId, mode: "postpaid", creditLimit: "1000000" });

/** A tenant with an admin, a member and a limit that no test reaches. */
export async function makeTenant(partnerId: string | null = null): Promise<TestTenant> {
  const tenantId = newId();
  await asSystem("test", async (tx) => {
    await tx.insert(tenants).values({ id: tenantId, name: `Tenant ${tenantId}`, partnerId });
    await tx.insert(wallets).values(wideWallet(tenantId));
  });
  const admin = await addUser(tenantId, "tenant_admin");
  const member = await addUser(tenantId, "user");
  return {
    tenantId,
    adminId: admin.userId,
    memberId: member.userId,
    admin: tenantScope(tenantId, "tenant_admin", { kind: "user", ...admin }),
    member: tenantScope(tenantId, "user", { kind: "user", ...member }),
    job: tenantScope(tenantId, "job", { kind: "job", name: "test" }),
  };
}

/** An API key's scope in a tenant. */
export function apiScope(tenant: TestTenant, apiScopes: readonly string[]): TenantScope {
  return mintScope<TenantScope>({
    ...tenant.admin,
    role: "api_key",
    apiScopes,
    actor: { kind: "api_key", keyId: newId(), userId: tenant.adminId },
  });
}

export type TestPartner = { partnerId: string; homeTenantId: string; scope: PartnerScope };

/** A partner with its own workspace and an admin. */
export async function makePartner(): Promise<TestPartner> {
  const partnerId = newId();
  const homeTenantId = newId();
  await asSystem("test", async (tx) => {
    await tx.insert(partners).values({ id: partnerId, name: `Partner ${partnerId}` });
    await tx.insert(tenants).values({ id: homeTenantId, name: `Home of ${partnerId}` });
    await tx.insert(wallets).values(wideWallet(homeTenantId));
  });
  const admin = await addUser(homeTenantId, "partner_admin");
  await asSystem("test", async (tx) => {
    await tx.insert(partnerMembers).values({ partnerId, userId: admin.userId });
    await tx
      .update(partners)
      .set({ adminUserId: admin.userId, homeTenantId })
      .where(eq(partners.id, partnerId));
  });
  return {
    partnerId,
    homeTenantId,
    scope: mintScope<PartnerScope>({
      kind: "partner",
      partnerId,
      homeTenantId,
      isSuspended: false,
      actor: { kind: "user", ...admin },
    }),
  };
}

/** An app admin in a tenant of its own. */
export async function makePlatform(): Promise<PlatformScope> {
  const tenantId = newId();
  await asSystem("test", (tx) => tx.insert(tenants).values({ id: tenantId, name: "Platform" }));
  const admin = await addUser(tenantId, "app_admin");
  return mintScope<PlatformScope>({ kind: "platform", actor: { kind: "user", ...admin } });
}
