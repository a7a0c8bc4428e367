import { z } from "zod";
import { emailInput } from "@/lib/accounts/email-address";
import { invitationInput } from "@/lib/accounts/input";
import { monthInput } from "@/lib/billing/input";
import { cursorInput } from "@/lib/paging";

const name = z.string().trim().min(2, "Use at least 2 characters.").max(120, "Use at most 120 characters.");
const reason = z
  .string()
  .trim()
  .min(5, "Say why, in at least 5 characters: it is kept.")
  .max(500, "Use at most 500 characters.");

export const createCustomerInput = z.strictObject({ name, adminEmail: emailInput });
export const inviteCustomerAdminInput = z.strictObject({ tenantId: z.uuid(), email: emailInput });
export const customerInvitationInput = invitationInput.extend({ tenantId: z.uuid() });
export const renameCustomerInput = z.strictObject({ tenantId: z.uuid(), name });
export const suspendCustomerInput = z.strictObject({ tenantId: z.uuid(), reason });
export const reactivateCustomerInput = z.strictObject({ tenantId: z.uuid() });
export const invitePartnerMemberInput = z.strictObject({ email: emailInput });
export const partnerMemberInput = z.strictObject({ userId: z.uuid() });

export const listCustomersInput = z.strictObject({
  q: z.string().trim().max(200).optional(),
  status: z.enum(["active", "suspended"]).optional(),
  cursor: cursorInput,
});

export const marginInput = z
  .strictObject({ from: monthInput, to: monthInput })
  .refine((range) => range.from <= range.to, {
    path: ["to"],
    error: "The last month is before the first one.",
  });

export const statementInput = z.strictObject({ month: monthInput });

/** The last row of the page before, as `pageOfRows` names it. */
export const rowCursorInput = z.string().max(400).optional();

export type CreateCustomerInput = z.output<typeof createCustomerInput>;
export type InviteCustomerAdminInput = z.output<typeof inviteCustomerAdminInput>;
export type CustomerInvitationInput = z.output<typeof customerInvitationInput>;
export type RenameCustomerInput = z.output<typeof renameCustomerInput>;
export type SuspendCustomerInput = z.output<typeof suspendCustomerInput>;
export type ReactivateCustomerInput = z.output<typeof reactivateCustomerInput>;
export type InvitePartnerMemberInput = z.output<typeof invitePartnerMemberInput>;
export type PartnerMemberInput = z.output<typeof partnerMemberInput>;
export type ListCustomersInput = z.output<typeof listCustomersInput>;
