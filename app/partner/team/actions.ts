"use server";

import { invitationInput } from "@/lib/accounts/input";
import { partnerAction } from "@/lib/action";
import {
  invitePartnerMember,
  removePartnerMember,
  resendPartnerInvitation,
  restorePartnerMember,
  revokePartnerInvitation,
} from "@/lib/partners/commands/team";
import { invitePartnerMemberInput, partnerMemberInput } from "@/lib/partners/input";

export const invitePartnerMemberAction = partnerAction(invitePartnerMemberInput, invitePartnerMember);
export const removePartnerMemberAction = partnerAction(partnerMemberInput, removePartnerMember);
export const restorePartnerMemberAction = partnerAction(partnerMemberInput, restorePartnerMember);
export const resendPartnerInvitationAction = partnerAction(invitationInput, resendPartnerInvitation);
export const revokePartnerInvitationAction = partnerAction(invitationInput, revokePartnerInvitation);
