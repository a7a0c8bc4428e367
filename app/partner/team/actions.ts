"use server";

import { partnerAction } from "@/lib/action";
import { invitePartnerMember, removePartnerMember } from "@/lib/partners/commands";
import { invitePartnerMemberInput, removePartnerMemberInput } from "@/lib/partners/input";

export const invitePartnerMemberAction = partnerAction(invitePartnerMemberInput, invitePartnerMember);
export const removePartnerMemberAction = partnerAction(removePartnerMemberInput, removePartnerMember);
