import "server-only";
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { partnerMembers, partners, refreshTokens, tenants, users, viewAsSessions } from "@/db/schema/auth";
import { USER_ROLES, type UserRole } from "@/db/scope";
import { isId } from "@/lib/ids";

export type ViewAs = {
  id: string;
  tenantId: string;
  tenantName: string;
  reason: string;
  isWritable: boolean;
  expiresAt: Date;
};

export type PartnerOf = {
  id: string;
  name: string;
  homeTenantId: string | null;
  isSuspended: boolean;
  suspendedReason: string | null;
};

/** Everything one request needs to know about who is asking, as the database has it now. */
export type Session = {
  sessionId: string;
  userId: string;
  email: string;
  fullName: string;
  role: UserRole;
  isVerified: boolean;
  tenant: { id: string; name: string; status: string };
  partner: PartnerOf | null;
  viewAs: (ViewAs & { tenantStatus: string }) | null;
};

function toRole(role: string | null): UserRole {
  return USER_ROLES.find((known) => known === role) ?? "user";
}

const IDLE_LIMIT = sql.raw("interval '12 hours'");
/** How exactly the last use is known. Coarse, so that reading pages does not write on every request. */
const SEEN_RESOLUTION = sql.raw("interval '5 minutes'");
/** A database that takes no changes can be read all the same. */
export const takesChanges = sql<boolean>`current_setting('transaction_read_only') = 'off'`;

/** Use moves the end of a session on, up to its absolute end. */
async function slide(tx: Tx, sessionId: string): Promise<void> {
  await tx
    .update(refreshTokens)
    .set({
      lastSeenAt: sql`now()`,
      expiresAt: sql`least(now() + ${IDLE_LIMIT}, ${refreshTokens.absoluteExpiresAt})`,
    })
    .where(and(eq(refreshTokens.id, sessionId), eq(refreshTokens.revoked, false)));
}

/**
 * The live session behind a cookie, or null when it was revoked, has expired, or its user may no longer sign in.
 * One query on each request: that is what makes revocation, deactivation and a change of role immediate.
 */
export async function findSession(userId: string, sessionId: string): Promise<Session | null> {
  if (!isId(userId) || !isId(sessionId)) return null;
  const viewedTenant = sql`viewed_tenant`;
  return asSystem("session", async (tx) => {
    const [row] = await tx
      .select({
        email: users.email,
        fullName: users.fullName,
        role: users.role,
        isToSlide: sql<boolean>`coalesce(${refreshTokens.lastSeenAt}, ${refreshTokens.createdAt}) < now() - ${SEEN_RESOLUTION} and ${takesChanges}`,
        isVerified: users.isVerified,
        tenantId: tenants.id,
        tenantName: tenants.name,
        tenantStatus: tenants.status,
        partnerId: partners.id,
        partnerName: partners.name,
        partnerHomeId: partners.homeTenantId,
        partnerStatus: partners.status,
        partnerSuspendedReason: partners.suspendedReason,
        viewAsId: viewAsSessions.id,
        viewAsReason: viewAsSessions.reason,
        viewAsWritable: viewAsSessions.isWritable,
        viewAsExpiresAt: viewAsSessions.expiresAt,
        viewAsTenantId: viewAsSessions.tenantId,
        viewAsTenantName: sql<string | null>`${viewedTenant}.name`,
        viewAsTenantStatus: sql<string | null>`${viewedTenant}.status`,
      })
      .from(refreshTokens)
      .innerJoin(users, eq(users.id, refreshTokens.userId))
      .innerJoin(tenants, eq(tenants.id, users.tenantId))
      .leftJoin(partnerMembers, eq(partnerMembers.userId, users.id))
      .leftJoin(partners, eq(partners.id, partnerMembers.partnerId))
      .leftJoin(
        viewAsSessions,
        and(
          eq(viewAsSessions.sessionId, refreshTokens.id),
          isNull(viewAsSessions.endedAt),
          gt(viewAsSessions.expiresAt, sql`now()`),
        ),
      )
      .leftJoin(sql`tenants as viewed_tenant`, sql`${viewedTenant}.id = ${viewAsSessions.tenantId}`)
      .where(
        and(
          eq(refreshTokens.id, sessionId),
          eq(refreshTokens.userId, userId),
          eq(refreshTokens.revoked, false),
          gt(refreshTokens.expiresAt, sql`now()`),
          gt(refreshTokens.absoluteExpiresAt, sql`now()`),
          eq(users.isActive, true),
        ),
      )
      .limit(1);
    if (!row) return null;
    if (row.isToSlide) await slide(tx, sessionId);
    return {
      sessionId,
      userId,
      email: row.email,
      fullName: row.fullName,
      role: toRole(row.role),
      isVerified: row.isVerified ?? false,
      tenant: {
        id: row.tenantId,
        name: row.tenantName,
        status: row.tenantStatus ?? "active",
      },
      partner:
        row.partnerId && row.partnerName
          ? {
              id: row.partnerId,
              name: row.partnerName,
              homeTenantId: row.partnerHomeId,
              isSuspended: row.partnerStatus !== "active",
              suspendedReason: row.partnerSuspendedReason,
            }
          : null,
      viewAs:
        row.viewAsId && row.viewAsTenantId && row.viewAsExpiresAt
          ? {
              id: row.viewAsId,
              tenantId: row.viewAsTenantId,
              tenantName: row.viewAsTenantName ?? "",
              reason: row.viewAsReason ?? "",
              isWritable: row.viewAsWritable ?? false,
              expiresAt: row.viewAsExpiresAt,
              tenantStatus: row.viewAsTenantStatus ?? "active",
            }
          : null,
    };
  });
}
