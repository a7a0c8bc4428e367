import "server-only";
import { and, asc, eq, inArray, or } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { users } from "@/db/schema/auth";
import { type TenantScope, USER_ROLES } from "@/db/scope";
import {
  type Place,
  sendInvitation,
  sendInvitationAgain,
  withdrawInvitation,
} from "@/lib/accounts/open-invitations";
import { revokeSessions } from "@/lib/accounts/sessions";
import { leavingToAdmins } from "@/lib/approvals/left-alone";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import type { ChangeRoleInput, InviteMemberInput } from "./input";
import { type MemberState, removalProblem } from "./rules";
import { isStoppedByPlatform, stoppedByPlatform } from "./stopped-by-platform";

// Sessions and links are no table of the tenant's role, and they must change in the same transaction as the person:
// so these run as the system, and every statement names the tenant of the scope.

/** Invites somebody into the workspace. @throws AppError `invalid` for a member, `rate_limited` */
export async function inviteMember(scope: TenantScope, input: InviteMemberInput): Promise<{ id: string }> {
  authorize(scope, "team.manage");
  return sendInvitation(scope, { ...input, tenantId: scope.tenantId });
}

const placeOf = ({ tenantId }: TenantScope): Place => ({ tenantId, partnerId: null });

/** Makes an open invitation worthless. @throws AppError `not_found` */
export async function revokeInvitation(scope: TenantScope, input: { invitationId: string }): Promise<void> {
  authorize(scope, "team.manage");
  await withdrawInvitation(scope, placeOf(scope), input.invitationId);
}

/** Sends an open invitation again, with a new link and another 7 days. @throws AppError `not_found`, `rate_limited` */
export async function resendInvitation(
  scope: TenantScope,
  input: { invitationId: string },
): Promise<{ id: string }> {
  authorize(scope, "team.manage");
  return sendInvitationAgain(scope, placeOf(scope), input.invitationId);
}

/**
 * The person and the workspace's active admins, locked in one order: of two admins who remove each other at once, the
 * first does, and the second is none any more.
 */
async function lockMember(tx: Tx, scope: TenantScope, userId: string) {
  const acting = memberActing(scope);
  const rows = await tx
    .select({ id: users.id, role: users.role, isActive: users.isActive, isStoppedByPlatform })
    .from(users)
    .where(
      and(
        eq(users.tenantId, scope.tenantId),
        or(
          inArray(users.id, acting ? [userId, acting] : [userId]),
          and(eq(users.role, "tenant_admin"), eq(users.isActive, true)),
        ),
      ),
    )
    .orderBy(asc(users.id))
    .for("update");
  const isAdmin = rows.some(({ id, role, isActive }) => id === acting && role !== "user" && isActive);
  if (acting && !isAdmin) throw new AppError("forbidden", "You are not an admin of this workspace any more.");
  const found = rows.find((row) => row.id === userId);
  if (!found) throw new AppError("not_found", "This person is not in your workspace.");
  const member: MemberState = {
    id: found.id,
    role: USER_ROLES.find((role) => role === found.role) ?? "user",
    isActive: found.isActive ?? false,
  };
  const admins = rows.filter((row) => row.role === "tenant_admin" && row.isActive).map((row) => row.id);
  return { member, admins, isStopped: found.isStoppedByPlatform };
}

/** Who acts, when it is somebody of the workspace and not a visitor. */
function memberActing({ actor }: TenantScope): string | null {
  return actor.kind === "user" && !actor.impersonatorId ? actor.userId : null;
}

function actingUser(scope: TenantScope): string | null {
  return scope.actor.kind === "user" ? scope.actor.userId : null;
}

/** Gives a member another role. Their sessions end, so that it holds from the next request. */
export async function changeRole(scope: TenantScope, input: ChangeRoleInput): Promise<void> {
  authorize(scope, "team.manage");
  await asSystem("team", async (tx) => {
    const { member, admins } = await lockMember(tx, scope, input.userId);
    if (member.role === input.role) return;
    const problem = removalProblem(member, actingUser(scope), admins);
    if (problem) throw problem;
    await tx
      .update(users)
      .set({ role: input.role })
      .where(and(eq(users.id, member.id), eq(users.tenantId, scope.tenantId)));
    await revokeSessions(tx, member.id, "role_changed");
    await audit(tx, scope, {
      action: "member.change_role",
      targetType: "user",
      targetId: member.id,
      before: { role: member.role },
      after: { role: input.role },
    });
  });
}

async function setActive(
  tx: Tx,
  scope: TenantScope,
  userId: string,
  isActive: boolean,
  change: (member: MemberState, admins: readonly string[]) => Promise<void>,
): Promise<void> {
  const { member, admins, isStopped } = await lockMember(tx, scope, userId);
  if (member.isActive === isActive) return;
  if (isActive && isStopped) throw stoppedByPlatform();
  await change(member, admins);
  await tx
    .update(users)
    .set({ isActive })
    .where(and(eq(users.id, member.id), eq(users.tenantId, scope.tenantId)));
  await audit(tx, scope, {
    action: isActive ? "member.activate" : "member.deactivate",
    targetType: "user",
    targetId: member.id,
  });
}

/** Takes a member's access: sessions and API keys stop with the next request. Nothing they made is lost. */
export async function deactivateMember(scope: TenantScope, input: { userId: string }): Promise<void> {
  authorize(scope, "team.manage");
  await asSystem("team", (tx) =>
    leavingToAdmins(tx, { userId: input.userId, tenantId: scope.tenantId }, () =>
      setActive(tx, scope, input.userId, false, async (member, admins) => {
        const problem = removalProblem(member, actingUser(scope), admins);
        if (problem) throw problem;
        await revokeSessions(tx, member.id, "deactivated");
      }),
    ),
  );
}

/**
 * Gives a deactivated member access again. They sign in anew.
 * @throws AppError `forbidden`, reason `deactivated_by_platform`, for whom the platform has switched off
 */
export async function activateMember(scope: TenantScope, input: { userId: string }): Promise<void> {
  authorize(scope, "team.manage");
  await asSystem("team", (tx) =>
    setActive(tx, scope, input.userId, true, async (member) => {
      if (member.role === "partner_admin" || member.role === "app_admin") throw new AppError("forbidden");
    }),
  );
}
