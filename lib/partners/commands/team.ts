import "server-only";
import { and, asc, eq, inArray } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { partnerMembers, partners, users } from "@/db/schema/auth";
import type { PartnerScope } from "@/db/scope";
import {
  type Place,
  sendInvitation,
  sendInvitationAgain,
  withdrawInvitation,
} from "@/lib/accounts/open-invitations";
import { revokeSessions } from "@/lib/accounts/sessions";
import { leaverOf, leavingToAdmins } from "@/lib/approvals/left-alone";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isStoppedByPlatform, stoppedByPlatform } from "@/lib/team/stopped-by-platform";
import type { InvitePartnerMemberInput, PartnerMemberInput } from "../input";
import { wasRemoved } from "../queries/team";

/** Invites a person into the partner's own team. @throws AppError `rate_limited`, `invalid` when already there */
export async function invitePartnerMember(
  scope: PartnerScope,
  input: InvitePartnerMemberInput,
): Promise<{ id: string }> {
  authorize(scope, "partner_team.manage");
  return sendInvitation(scope, { ...ownTeam(scope), email: input.email, role: "partner_admin" });
}

/** @throws AppError `precondition` for a partner without a workspace */
function ownTeam({ partnerId, homeTenantId }: PartnerScope): Place {
  if (!homeTenantId) throw new AppError("precondition", "This partner has no workspace of its own yet.");
  return { tenantId: homeTenantId, partnerId };
}

/** Makes an open invitation into the partner's team worthless. @throws AppError `not_found` */
export async function revokePartnerInvitation(
  scope: PartnerScope,
  input: { invitationId: string },
): Promise<void> {
  authorize(scope, "partner_team.manage");
  await withdrawInvitation(scope, ownTeam(scope), input.invitationId);
}

/** Sends one again, with a new link and another 7 days. @throws AppError `not_found`, `rate_limited` */
export async function resendPartnerInvitation(
  scope: PartnerScope,
  input: { invitationId: string },
): Promise<{ id: string }> {
  authorize(scope, "partner_team.manage");
  return sendInvitationAgain(scope, ownTeam(scope), input.invitationId);
}

/**
 * The person and who acts, in one order: of two who remove each other at once, the first does, and the second is not in
 * the team any more.
 */
async function lockPeople(tx: Tx, { actor }: PartnerScope, userId: string): Promise<void> {
  if (actor.kind !== "user") return;
  const rows = await tx
    .select({ id: users.id, isActive: users.isActive })
    .from(users)
    .where(inArray(users.id, [userId, actor.userId]))
    .orderBy(asc(users.id))
    .for("update");
  if (!rows.some(({ id, isActive }) => id === actor.userId && isActive))
    throw new AppError("forbidden", "You are not in this team any more.");
}

async function takeOut(tx: Tx, scope: PartnerScope, userId: string): Promise<void> {
  const [partner] = await tx
    .select({ adminUserId: partners.adminUserId })
    .from(partners)
    .where(eq(partners.id, scope.partnerId));
  if (partner?.adminUserId === userId) {
    throw new AppError("precondition", "This person is the partner's contact and cannot be removed.");
  }
  await lockPeople(tx, scope, userId);
  const removed = await tx
    .delete(partnerMembers)
    .where(and(eq(partnerMembers.partnerId, scope.partnerId), eq(partnerMembers.userId, userId)))
    .returning({ userId: partnerMembers.userId });
  if (removed.length === 0) throw new AppError("not_found", "This person is not in your team.");
  await tx.update(users).set({ isActive: false }).where(eq(users.id, userId));
  await revokeSessions(tx, userId, "deactivated");
  await audit(tx, scope, { action: "partner_team.remove", targetType: "user", targetId: userId });
}

/**
 * Takes a person out of the partner's team: the account is switched off and its sessions end with the next request.
 * @throws AppError `not_found`; `precondition` for oneself and for the partner's contact; `forbidden` for who was removed
 */
export async function removePartnerMember(
  scope: PartnerScope,
  input: PartnerMemberInput,
): Promise<{ userId: string }> {
  authorize(scope, "partner_team.manage");
  if (scope.actor.kind === "user" && scope.actor.userId === input.userId) {
    throw new AppError("precondition", "You cannot remove yourself.");
  }
  await asSystem("remove-partner-member", async (tx) => {
    const leaver = await leaverOf(tx, input.userId);
    await leavingToAdmins(tx, leaver, () => takeOut(tx, scope, input.userId));
  });
  return { userId: input.userId };
}

/**
 * Takes a person back who was removed from the partner's team: the account is switched on again, and they sign in anew.
 * @throws AppError `not_found`; `forbidden`, reason `deactivated_by_platform`, for whom the platform has switched off
 */
export async function restorePartnerMember(
  scope: PartnerScope,
  { userId }: PartnerMemberInput,
): Promise<{ userId: string }> {
  authorize(scope, "partner_team.manage");
  await asSystem("restore-partner-member", async (tx) => {
    const [stopped] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, userId), wasRemoved(scope), isStoppedByPlatform));
    if (stopped) throw stoppedByPlatform();
    const restored = await tx
      .update(users)
      .set({ isActive: true })
      .where(and(eq(users.id, userId), wasRemoved(scope)))
      .returning({ id: users.id });
    if (restored.length === 0) throw new AppError("not_found", "This person was not removed from your team.");
    await tx.insert(partnerMembers).values({ partnerId: scope.partnerId, userId });
    await audit(tx, scope, { action: "partner_team.restore", targetType: "user", targetId: userId });
  });
  return { userId };
}
