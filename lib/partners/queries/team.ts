import "server-only";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import { asPartner } from "@/db/access";
import { partnerMembers, partners, tenants, users } from "@/db/schema/auth";
import { auditLog } from "@/db/schema/system";
import type { PartnerScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";

export type PartnerMember = {
  id: string;
  fullName: string;
  email: string;
  isContact: boolean;
  joinedAt: Date;
};

/** The partner's own people. */
export async function listPartnerTeam(scope: PartnerScope): Promise<PartnerMember[]> {
  authorize(scope, "partner_team.read");
  return asPartner(scope, (tx) =>
    tx
      .select({
        id: users.id,
        fullName: users.fullName,
        email: users.email,
        isContact: sql<boolean>`${partners.adminUserId} is not distinct from ${users.id}`,
        joinedAt: partnerMembers.createdAt,
      })
      .from(partnerMembers)
      .innerJoin(users, eq(users.id, partnerMembers.userId))
      .innerJoin(partners, eq(partners.id, partnerMembers.partnerId))
      .where(eq(partnerMembers.partnerId, scope.partnerId))
      .orderBy(users.fullName),
  );
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
      .leftJoin(users, sql`${auditLog.actorKind} = 'user' and ${users.id}::text = ${auditLog.actorId}`)
      .where(and(eq(auditLog.partnerId, scope.partnerId), cursor ? lt(auditLog.id, cursor) : undefined))
      .orderBy(desc(auditLog.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(rows, PAGE_SIZE);
}
