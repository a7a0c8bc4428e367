import "server-only";
import { asc, desc, eq } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { users } from "@/db/schema/auth";
import { type TenantScope, USER_ROLES, type UserRole } from "@/db/scope";
import { findOpenInvitations, type Invitation } from "@/lib/accounts/open-invitations";
import { authorize } from "@/lib/auth/authorize";
import { isStoppedByPlatform } from "./stopped-by-platform";

/** A workspace has few people; a longer list is cut, and says so by its length. */
const MAX_LISTED = 500;

export type Member = {
  id: string;
  email: string;
  fullName: string;
  role: UserRole;
  isActive: boolean;
  /** Switched off by the platform: nobody here can change that. */
  isStoppedByPlatform: boolean;
  isVerified: boolean;
  createdAt: Date;
};

/** The people of the workspace to choose from, by name. */
export async function listPeopleChoices(scope: TenantScope): Promise<{ id: string; name: string }[]> {
  authorize(scope, "team.read");
  return (await listMembers(scope)).map(({ id, fullName }) => ({ id, name: fullName }));
}

/** Everybody in the workspace, active people first. */
export async function listMembers(scope: TenantScope): Promise<Member[]> {
  authorize(scope, "team.read");
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({
        id: users.id,
        email: users.email,
        fullName: users.fullName,
        role: users.role,
        isActive: users.isActive,
        isStoppedByPlatform,
        isVerified: users.isVerified,
        createdAt: users.createdAt,
      })
      .from(users)
      .where(eq(users.tenantId, scope.tenantId))
      .orderBy(desc(users.isActive), asc(users.fullName), asc(users.id))
      .limit(MAX_LISTED),
  );
  return rows.map((row) => ({
    ...row,
    role: USER_ROLES.find((role) => role === row.role) ?? "user",
    isActive: row.isActive ?? false,
    isVerified: row.isVerified ?? false,
  }));
}

/** Invitations that can still be accepted, newest first. */
export async function listInvitations(scope: TenantScope): Promise<Invitation[]> {
  authorize(scope, "team.manage");
  return findOpenInvitations({ tenantId: scope.tenantId, partnerId: null });
}
