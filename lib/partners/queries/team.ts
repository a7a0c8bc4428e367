import "server-only";
import { and, asc, desc, eq, isNotNull, lt, or, sql } from "drizzle-orm";
import { asPartner } from "@/db/access";
import { partnerMembers, partners, tenants, users } from "@/db/schema/auth";
import { auditLog } from "@/db/schema/system";
import type { PartnerScope } from "@/db/scope";
import { findOpenInvitations, type Invitation } from "@/lib/accounts/open-invitations";
import { isActor } from "@/lib/audit/actor";
import { authorize } from "@/lib/auth/authorize";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import { stoppedAmong } from "@/lib/team/stopped-by-platform";

export type PartnerMember = {
  id: string;
  fullName: string;
  email: string;
  isContact: boolean;
  /** Null for somebody who was removed, and can be taken back. */
  joinedAt: Date | null;
  /** The platform has switched the account off, and it alone can switch it on. */
  isStoppedByPlatform: boolean;
};

/** Whose account lives in the partner's workspace and was switched off with their place in its team. */
export function wasRemoved({ homeTenantId }: PartnerScope) {
  if (!homeTenantId) return sql`false`;
  return and(
    eq(users.tenantId, homeTenantId),
    eq(users.role, "partner_admin"),
    eq(users.isActive, false),
    sql`not exists (select from ${partnerMembers} m where m.user_id = ${users.id})`,
  );
}

/** The partner's own people, those who were removed last. */
export async function listPartnerTeam(scope: PartnerScope): Promise<PartnerMember[]> {
  authorize(scope, "partner_team.read");
  const people = await asPartner(scope, (tx) =>
    tx
      .select({
        id: users.id,
        fullName: users.fullName,
        email: users.email,
        isContact: sql<boolean>`${partners.adminUserId} is not distinct from ${users.id}`,
        joinedAt: partnerMembers.createdAt,
      })
      .from(users)
      .innerJoin(partners, eq(partners.id, scope.partnerId))
      .leftJoin(
        partnerMembers,
        and(eq(partnerMembers.partnerId, scope.partnerId), eq(partnerMembers.userId, users.id)),
      )
      .where(or(isNotNull(partnerMembers.userId), wasRemoved(scope)))
      .orderBy(sql`${partnerMembers.userId} is null`, asc(users.fullName)),
  );
  const stopped = await stoppedAmong(people.map(({ id }) => id));
  return people.map((person) => ({
    ...person,
    isStoppedByPlatform: stopped.has(person.id),
  }));
}

/** Invitations into the partner's own team that can still be accepted, newest first. */
export async function listPartnerInvitations(scope: PartnerScope): Promise<Invitation[]> {
  authorize(scope, "partner_team.manage");
  const { partnerId, homeTenantId } = scope;
  return homeTenantId ? findOpenInvitations({ tenantId: homeTenantId, partnerId }) : [];
}

export type PartnerAuditRow = {
  id: string;
  action: string;
  targetType: string;
  targetId: string | null;
  tenantName: string | null;
  actorName: string | null;
  reason: string | null;
  createdAt: Date;
};

/** What was done in the partner console, newest first. */
export async function listPartnerAudit(scope: PartnerScope, cursor?: string): Promise<Page<PartnerAuditRow>> {
  authorize(scope, "partner_audit.read");
  const rows = await asPartner(scope, (tx) =>
    tx
      .select({
        id: auditLog.id,
        action: auditLog.action,
        targetType: auditLog.targetType,
        targetId: auditLog.targetId,
        tenantName: tenants.name,
        actorName: users.fullName,
        reason: auditLog.reason,
        createdAt: auditLog.createdAt,
      })
      .from(auditLog)
      .leftJoin(tenants, eq(tenants.id, auditLog.tenantId))
      .leftJoin(users, isActor)
      .where(and(eq(auditLog.partnerId, scope.partnerId), cursor ? lt(auditLog.id, cursor) : undefined))
      .orderBy(desc(auditLog.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(rows, PAGE_SIZE);
}
