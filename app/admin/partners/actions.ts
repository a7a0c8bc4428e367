"use server";

import { adminAction } from "@/lib/action";
import { setPartnerStatus } from "@/lib/admin/commands/partner-status";
import { createPartner } from "@/lib/admin/commands/partners";
import {
  createPartnerInput,
  invitePartnerAdminInput,
  partnerInvitationInput,
  setPartnerStatusInput,
} from "@/lib/admin/input";
import {
  invitePartnerAdmin,
  resendInvitationOfPartner,
  revokeInvitationOfPartner,
} from "@/lib/admin/partner-people";
import { promoAllowanceInput } from "@/lib/payouts/input";
import { setPromoAllowance } from "@/lib/payouts/promises";
import { allowPartnerPrice, revokeAllowance } from "@/lib/rates/allow";
import { allowPriceInput, revokeAllowanceInput } from "@/lib/rates/input";

export const createPartnerAction = adminAction(createPartnerInput, createPartner);
export const setPartnerStatusAction = adminAction(setPartnerStatusInput, setPartnerStatus);
export const allowPriceAction = adminAction(allowPriceInput, allowPartnerPrice);
export const revokeAllowanceAction = adminAction(revokeAllowanceInput, revokeAllowance);
export const setPromoAllowanceAction = adminAction(promoAllowanceInput, setPromoAllowance);
export const invitePartnerAdminAction = adminAction(invitePartnerAdminInput, invitePartnerAdmin);
export const resendInvitationOfPartnerAction = adminAction(partnerInvitationInput, resendInvitationOfPartner);
export const revokeInvitationOfPartnerAction = adminAction(partnerInvitationInput, revokeInvitationOfPartner);
