import "server-only";
import { and, eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { accounts, users } from "@/db/schema/auth";
import { audit } from "@/lib/audit/record";
import { hashPassword, isPasswordRight, NO_PASSWORD } from "@/lib/auth/password";
import type { Session } from "@/lib/auth/session";
import { dispatchMail } from "@/lib/email/dispatch";
import { passwordChangedMessage } from "@/lib/email/messages";
import { queueMail } from "@/lib/email/queue";
import { env } from "@/lib/env";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { consume, refund } from "@/lib/rate-limit/consume";
import { LIMITS } from "@/lib/rate-limit/limits";
import { assertGoodPassword } from "./good-password";
import type { ChangePasswordInput } from "./input";
import { revokeLinks } from "./links";
import { revokeSessions } from "./sessions";

function bySelf(session: Session) {
  return { actor: { kind: "user" as const, userId: session.userId, sessionId: session.sessionId } };
}

/** How the signed-in person can sign in: by password, by Google, by GitHub. */
export async function getSignInMethods(
  session: Session,
): Promise<{ hasPassword: boolean; providers: string[] }> {
  return asSystem("account", async (tx) => {
    const [user] = await tx
      .select({ hashedPassword: users.hashedPassword })
      .from(users)
      .where(eq(users.id, session.userId));
    const linked = await tx
      .select({ provider: accounts.provider })
      .from(accounts)
      .where(eq(accounts.userId, session.userId));
    return {
      hasPassword: user !== undefined && user.hashedPassword !== NO_PASSWORD,
      providers: linked.map((row) => row.provider),
    };
  });
}

/** Changes the name by which a person is shown. */
export async function renameSelf(session: Session, input: { fullName: string }): Promise<void> {
  await asSystem("account", async (tx) => {
    await tx.update(users).set({ fullName: input.fullName }).where(eq(users.id, session.userId));
    await audit(tx, bySelf(session), {
      action: "account.rename",
      targetType: "user",
      targetId: session.userId,
      tenantId: session.tenant.id,
      before: { fullName: session.fullName },
      after: { fullName: input.fullName },
    });
  });
}

const wrongPassword = () => fieldError("currentPassword", "This is not your current password.");

/** The stored hash of the current password, once it was proved. */
async function assertCurrentPassword(session: Session, password: string): Promise<string> {
  const charge = { limit: LIMITS.currentPassword, subject: session.userId };
  await consume([charge]);
  const [user] = await asSystem("account", (tx) =>
    tx.select({ hashedPassword: users.hashedPassword }).from(users).where(eq(users.id, session.userId)),
  );
  if (!user) throw new AppError("unauthenticated");
  if (!(await isPasswordRight(user.hashedPassword, password))) throw wrongPassword();
  await refund([charge]);
  return user.hashedPassword;
}

/**
 * Changes the password after the current one was proved. Every other session ends, links for
 * a new one stop working, and the owner is told by mail.
 * @throws AppError `invalid` beside the field, `rate_limited`
 */
export async function changePassword(session: Session, input: ChangePasswordInput): Promise<void> {
  assertGoodPassword(input.password, { email: session.email, name: session.fullName });
  const proved = await assertCurrentPassword(session, input.currentPassword);
  if (input.password === input.currentPassword) {
    throw fieldError("password", "This is the password you have now.");
  }
  const hashedPassword = await hashPassword(input.password);
  await asSystem("account", async (tx) => {
    const isIt = and(eq(users.id, session.userId), eq(users.hashedPassword, proved));
    const changed = await tx.update(users).set({ hashedPassword }).where(isIt).returning({ id: users.id });
    // It was set anew meanwhile, and whoever did that has the last word.
    if (changed.length === 0) throw wrongPassword();
    await revokeSessions(tx, session.userId, "password_changed", session.sessionId);
    await revokeLinks(tx, "reset_password", session.userId);
    await queueMail(tx, {
      to: session.email,
      ...passwordChangedMessage(`${env().appUrl}/forgot-password`),
      idempotencyKey: `password-changed:${newId()}`,
    });
    await audit(tx, bySelf(session), {
      action: "account.change_password",
      targetType: "user",
      targetId: session.userId,
      tenantId: session.tenant.id,
    });
  });
  await dispatchMail();
}
