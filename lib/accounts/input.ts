import { z } from "zod";
import { seenLength } from "@/lib/seen-length";
import { emailInput } from "./email-address";
import { PASSWORD_LENGTH } from "./password-rules";

const MAX_CODE_UNITS = 1024;

/** A password as typed to prove who one is: no rules, they applied when it was chosen. */
const typedPassword = z
  .string("Write your password.")
  .min(1, "Write your password.")
  .max(MAX_CODE_UNITS, "This is too long for a password.");

/** A new password. Whether it is easy to guess is judged by `passwordProblem`, which knows the person. */
const newPassword = z
  .string("Choose a password.")
  .min(PASSWORD_LENGTH.min, `Use at least ${PASSWORD_LENGTH.min} characters.`)
  .max(MAX_CODE_UNITS, `Use at most ${PASSWORD_LENGTH.max} characters.`);

const personName = z
  .string("Write your name.")
  .trim()
  .refine((name) => seenLength(name) >= 1, "Write your name.")
  .max(120, "Use at most 120 characters.");

export const workspaceName = z
  .string("Give the workspace a name.")
  .trim()
  .refine((name) => seenLength(name) >= 2, "Use at least 2 characters.")
  .max(120, "Use at most 120 characters.");

/** The secret part of a link from mail. */
const linkToken = z
  .string("This link is not complete.")
  .regex(/^[A-Za-z0-9_-]{43}$/, "This link is not complete.");

const next = z.string().max(2_000).optional();

export const signInInput = z.strictObject({ email: emailInput, password: typedPassword });
export type SignInInput = z.output<typeof signInInput>;
export const signInFormInput = signInInput.extend({ next });

export const signUpInput = z.strictObject({
  fullName: personName,
  workspaceName,
  email: emailInput,
  password: newPassword,
});
export type SignUpInput = z.output<typeof signUpInput>;

export const emailOnlyInput = z.strictObject({ email: emailInput });

export const linkInput = z.strictObject({ token: linkToken });

export const resetPasswordInput = z.strictObject({ token: linkToken, password: newPassword });
export type ResetPasswordInput = z.output<typeof resetPasswordInput>;

export const acceptInvitationInput = z.strictObject({
  token: linkToken,
  fullName: personName,
  password: newPassword,
});
export type AcceptInvitationInput = z.output<typeof acceptInvitationInput>;

export const changePasswordInput = z.strictObject({ currentPassword: typedPassword, password: newPassword });
export type ChangePasswordInput = z.output<typeof changePasswordInput>;

export const renameSelfInput = z.strictObject({ fullName: personName });

export const revokeSessionInput = z.strictObject({ sessionId: z.uuid("This session does not exist.") });

export const nothing = z.strictObject({});
export const oauthInput = z.strictObject({ provider: z.enum(["google", "github"]), next });

export const invitationInput = z.strictObject({ invitationId: z.uuid("This invitation does not exist.") });
