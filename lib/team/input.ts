import { z } from "zod";
import { emailInput } from "@/lib/accounts/email-address";

/** The roles an admin of a workspace can give. */
export const MEMBER_ROLES = ["tenant_admin", "user"] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

const userId = z.uuid("This person does not exist.");
const role = z.enum(MEMBER_ROLES, "Choose a role.");

export const inviteMemberInput = z.strictObject({ email: emailInput, role });
export type InviteMemberInput = z.output<typeof inviteMemberInput>;

export const changeRoleInput = z.strictObject({ userId, role });
export type ChangeRoleInput = z.output<typeof changeRoleInput>;

export const memberInput = z.strictObject({ userId });
