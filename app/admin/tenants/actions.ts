"use server";

import { revalidatePath } from "next/cache";
import { adminAction } from "@/lib/action";
import { handOverTenant } from "@/lib/admin/commands/hand-over";
import { reactivateTenant, startViewAs, suspendTenant } from "@/lib/admin/commands/tenants";
import {
  handOverTenantInput,
  inviteTenantAdminInput,
  reactivateTenantInput,
  suspendTenantInput,
  tenantInvitationInput,
  viewAsInput,
} from "@/lib/admin/input";
import {
  inviteTenantAdmin,
  resendInvitationOfTenant,
  revokeInvitationOfTenant,
} from "@/lib/admin/tenant-people";
import { grantPromo } from "@/lib/wallet/commands/grant";
import { setWalletTerms } from "@/lib/wallet/commands/terms";
import { grantPromoInput, walletTermsInput } from "@/lib/wallet/input";

export const suspendTenantAction = adminAction(suspendTenantInput, suspendTenant);
export const reactivateTenantAction = adminAction(reactivateTenantInput, reactivateTenant);
export const handOverTenantAction = adminAction(handOverTenantInput, handOverTenant);
export const inviteTenantAdminAction = adminAction(inviteTenantAdminInput, inviteTenantAdmin);
export const resendInvitationOfTenantAction = adminAction(tenantInvitationInput, resendInvitationOfTenant);
export const revokeInvitationOfTenantAction = adminAction(tenantInvitationInput, revokeInvitationOfTenant);
export const grantPromoAction = adminAction(grantPromoInput, grantPromo);
export const setWalletTermsAction = adminAction(walletTermsInput, setWalletTerms);
export const startViewAsAction = adminAction(viewAsInput, async (scope, input) => {
  const view = await startViewAs(scope, input);
  // The banner is in layouts that the browser keeps.
  revalidatePath("/", "layout");
  return view;
});
