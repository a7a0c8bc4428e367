"use server";

import { partnerAction } from "@/lib/action";
import {
  createCustomer,
  inviteCustomerAdmin,
  reactivateCustomer,
  renameCustomer,
  resendCustomerInvitation,
  revokeCustomerInvitation,
  suspendCustomer,
} from "@/lib/partners/commands/customers";
import {
  createCustomerInput,
  customerInvitationInput,
  inviteCustomerAdminInput,
  reactivateCustomerInput,
  renameCustomerInput,
  suspendCustomerInput,
} from "@/lib/partners/input";
import { grantCustomerPromo } from "@/lib/wallet/commands/grant";
import { grantCustomerPromoInput } from "@/lib/wallet/input";

export const createCustomerAction = partnerAction(createCustomerInput, createCustomer);
export const inviteCustomerAdminAction = partnerAction(inviteCustomerAdminInput, inviteCustomerAdmin);
export const renameCustomerAction = partnerAction(renameCustomerInput, renameCustomer);
export const suspendCustomerAction = partnerAction(suspendCustomerInput, suspendCustomer);
export const reactivateCustomerAction = partnerAction(reactivateCustomerInput, reactivateCustomer);
export const grantCustomerPromoAction = partnerAction(grantCustomerPromoInput, grantCustomerPromo);
export const resendCustomerInvitationAction = partnerAction(
  customerInvitationInput,
  resendCustomerInvitation,
);
export const revokeCustomerInvitationAction = partnerAction(
  customerInvitationInput,
  revokeCustomerInvitation,
);
