import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { users } from "@/db/schema/auth";
import { audit } from "@/lib/audit/record";
import { addressBlock } from "@/lib/auth/address";
import { hashPassword } from "@/lib/auth/password";
import type { RequestFacts } from "@/lib/auth/request";
import { dispatchMail } from "@/lib/email/dispatch";
import { passwordChangedMessage, resetPasswordMessage } from "@/lib/email/messages";
import { queueMail } from "@/lib/email/queue";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { consume, forget } from "@/lib/rate-limit/consume";
import { LIMITS } from "@/lib/rate-limit/limits";
import { assertGoodPassword } from "./good-password";
import type { ResetPasswordInput } from "./input";
import { consumeLink, findLink, issueLink, revokeLinks } from "./links";
import { revokeSessions } from "./sessions";
import { noSoonerThan } from "./uniform";

const ANSWER_FLOOR_MS = 250;

const linkOver = () =>
  new AppError(
    "not_found",
    "This link was used already, is older than 30 minutes, or was replaced by a newer one.",
  );

const byLink = (facts: RequestFacts) => ({
  ...facts,
  actor: { kind: "system" as const, name: "reset-password" },
});

async function sendResetLink(tx: Tx, email: string, facts: RequestFacts): Promise<void> {
  const [user] = await tx
    .select({ id: users.id, tenantId: users.tenantId })
    .from(users)
    .where(and(sql`lower(${users.email}) = ${email}`, eq(users.isActive, true)))
    .limit(1);
  if (!user) return;
  await revokeLinks(tx, "reset_password", user.id);
  const link = await issueLink(tx, { purpose: "reset_password", email, userId: user.id });
  await queueMail(tx, { to: email, ...resetPasswordMessage(link.url), idempotencyKey: `reset:${link.id}` });
  await audit(tx, byLink(facts), {
    action: "account.request_reset",
    targetType: "user",
    targetId: user.id,
    tenantId: user.tenantId,
  });
}

/**
 * Sends a link for a new password if the address has an account. Answer and timing are the same either way.
 * @throws AppError `rate_limited`
 */
export async function requestPasswordReset(facts: RequestFacts, input: { email: string }): Promise<void> {
  await consume([
    { limit: LIMITS.resetAddress, subject: addressBlock(facts.ip) },
    { limit: LIMITS.resetEmail, subject: input.email },
  ]);
  await noSoonerThan(ANSWER_FLOOR_MS, async () => {
    await asSystem("reset-password", (tx) => sendResetLink(tx, input.email, facts));
    await dispatchMail();
  });
}

/** Whose password a link would set, or null when it cannot be used. Does not use it up. */
export async function findPasswordReset(token: string): Promise<{ userId: string; email: string } | null> {
  const link = await asSystem("reset-password", (tx) => findLink(tx, "reset_password", token));
  return link?.userId ? { userId: link.userId, email: link.email } : null;
}

async function applyReset(
  tx: Tx,
  token: string,
  hashedPassword: string,
  facts: RequestFacts,
): Promise<{ userId: string; email: string }> {
  const link = await consumeLink(tx, "reset_password", token);
  if (!link?.userId) throw linkOver();
  const [user] = await tx
    .update(users)
    .set({
      hashedPassword,
      // Whoever has the link reads the mailbox.
      isVerified: true,
      emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, now())`,
    })
    .where(and(eq(users.id, link.userId), eq(users.isActive, true)))
    .returning({ id: users.id, email: users.email, tenantId: users.tenantId });
  if (!user) throw linkOver();
  await revokeSessions(tx, user.id, "password_reset");
  await revokeLinks(tx, "reset_password", user.id);
  await revokeLinks(tx, "verify_email", user.id);
  await queueMail(tx, {
    to: user.email,
    ...passwordChangedMessage(`${env().appUrl}/forgot-password`),
    idempotencyKey: `password-changed:${newId()}`,
  });
  await audit(tx, byLink(facts), {
    action: "account.reset_password",
    targetType: "user",
    targetId: user.id,
    tenantId: user.tenantId,
  });
  return { userId: user.id, email: user.email };
}

/**
 * Sets a new password by the link from mail. All sessions end, nobody is signed in, the owner is told by mail, and
 * tries counted against the account are forgotten.
 * @returns whose password it is
 * @throws AppError `not_found` when the link cannot be used, `invalid` for a weak password, `rate_limited`
 */
export async function resetPassword(
  facts: RequestFacts,
  input: ResetPasswordInput,
): Promise<{ userId: string }> {
  await consume([{ limit: LIMITS.linkAddress, subject: addressBlock(facts.ip) }]);
  const pending = await findPasswordReset(input.token);
  // Before any hashing: a guessed link costs us nothing.
  if (!pending) throw linkOver();
  assertGoodPassword(input.password, { email: pending.email });
  const hashedPassword = await hashPassword(input.password);
  const { userId, email } = await asSystem("reset-password", (tx) =>
    applyReset(tx, input.token, hashedPassword, facts),
  );
  await forget({ limit: LIMITS.signInAccount, subject: email });
  await dispatchMail();
  return { userId };
}
