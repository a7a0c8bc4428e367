import type { Mail } from "./queue";

type Message = Omit<Mail, "to" | "idempotencyKey">;

const IGNORE = "If this was not you, you can ignore this mail: nothing happens without you.";

export function verifyEmailMessage(url: string): Message {
  return {
    subject: "Confirm your e-mail address",
    body: `Confirm this address to start using HireBuddha. The link works once, for 24 hours.\n\n${IGNORE}`,
    action: { label: "Confirm e-mail address", url },
  };
}

/** Sent instead of a second account: whoever asked sees the same answer, and the owner learns of it. */
export function accountExistsMessage(signInUrl: string): Message {
  return {
    subject: "You already have an account",
    body: `Somebody, perhaps you, wanted to sign up with this address, which already has an account. Sign in, or choose "Forgot password" there if you do not remember it.\n\n${IGNORE}`,
    action: { label: "Sign in", url: signInUrl },
  };
}

export function resetPasswordMessage(url: string): Message {
  return {
    subject: "Choose a new password",
    body: `You asked for a new password. The link works once, for 30 minutes.\n\n${IGNORE}`,
    action: { label: "Choose a new password", url },
  };
}

export function passwordChangedMessage(forgotUrl: string): Message {
  return {
    subject: "Your password was changed",
    body: "The password of your account was just changed and other sessions were signed out.\n\nIf this was not you, choose a new password at once and tell the admin of your workspace.",
    action: { label: "Choose a new password", url: forgotUrl },
  };
}

export type InvitationFacts = { inviter: string; place: string; role: string };

export function invitationMessage(url: string, { inviter, place, role }: InvitationFacts): Message {
  return {
    subject: `${inviter} invites you to ${place}`,
    body: `${inviter} invites you to ${place} on HireBuddha as ${role}.\n\nThe link works once, for 7 days. If you do not expect this, you can ignore it.`,
    action: { label: "Accept the invitation", url },
  };
}

/** What a person is told by mail because they want to hear of it. */
export function noticeMessage(
  notice: { title: string; body: string },
  { url, preferencesUrl }: { url: string; preferencesUrl: string },
): Message {
  return {
    subject: notice.title,
    body: `${notice.body}\n\nYou choose what you are told of by mail on ${preferencesUrl}`,
    action: { label: "Open in HireBuddha", url },
  };
}
