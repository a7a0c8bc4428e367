"use server";

import { revalidatePath } from "next/cache";
import { invitationInput } from "@/lib/accounts/input";
import { tenantAction } from "@/lib/action";
import {
  activateMember,
  changeRole,
  deactivateMember,
  inviteMember,
  resendInvitation,
  revokeInvitation,
} from "@/lib/team/commands";
import { changeRoleInput, inviteMemberInput, memberInput } from "@/lib/team/input";

export const inviteMemberAction = tenantAction(inviteMemberInput, async (scope, input) => {
  const invitation = await inviteMember(scope, input);
  revalidatePath("/app/team");
  return invitation;
});
export const resendInvitationAction = tenantAction(invitationInput, resendInvitation);
export const revokeInvitationAction = tenantAction(invitationInput, revokeInvitation);
export const changeRoleAction = tenantAction(changeRoleInput, changeRole);
export const deactivateMemberAction = tenantAction(memberInput, deactivateMember);
export const activateMemberAction = tenantAction(memberInput, activateMember);
