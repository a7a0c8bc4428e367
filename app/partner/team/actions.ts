"use server";

import { partnerAction } from "@/lib/action";
import { invitePartnerMember, removePartnerMember, restorePartnerMember } from "@/lib/partners/commands";
import { invitePartnerMemberInput, partnerMemberInput } from "@/lib/partners/input";

export const invitePartnerMemberAction = partnerAction(invitePartnerMemberInput, invitePartnerMember);
export const removePartnerMemberAction = partnerAction(partnerMemberInput, removePartnerMember);
export const restorePartnerMemberAction = partnerAction(partnerMemberInput, restorePartnerMember);
