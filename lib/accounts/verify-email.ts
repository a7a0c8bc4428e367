import "server-only";
import { eq, sql } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { users } from "@/db/schema/auth";
import { audit } from "@/lib/audit/record";
import { addressBlock } from "@/lib/auth/address";
import type { RequestFacts } from "@/lib/auth/request";
import type { Session } from "@/lib/auth/session";
import { dispatchMail } from "@/lib/email/dispatch";
import { AppError } from "@/lib/errors";
import { consume } from "@/lib/rate-limit/consume";
import { LIMITS } from "@/lib/rate-limit/limits";
import { consumeLink, findLink, revokeLinks } from "./links";
import { sendVerification } from "./sign-up";

const LINK_OVER = "This link was used already, is older than a day, or was replaced by a newer one.";

/** Whose e-mail a link would prove, or null when it cannot be used. Does not use it up. */
export async function findVerification(token: string): Promise<{ userId: string; email: string } | null> {
  const link = await asSystem("verify-email", (tx) => findLink(tx, "verify_email", token));
  return link?.userId ? { userId: link.userId, email: link.email } : null;
}

/**
 * Marks the e-mail of a link's owner as proved.
 * @returns whose it is
 * @throws AppError `not_found` when the link cannot be used
 */
export async function verifyEmail(
  facts: RequestFacts,
  input: { token: string },
): Promise<{ userId: string }> {
  await consume([{ limit: LIMITS.linkAddress, subject: addressBlock(facts.ip) }]);
  return asSystem("verify-email", async (tx) => {
    const link = await consumeLink(tx, "verify_email", input.token);
    if (!link?.userId) throw new AppError("not_found", LINK_OVER);
    const [user] = await tx
      .update(users)
      .set({ isVerified: true, emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, now())` })
      .where(eq(users.id, link.userId))
      .returning({ id: users.id, tenantId: users.tenantId });
    if (!user) throw new AppError("not_found", LINK_OVER);
    await revokeLinks(tx, "verify_email", user.id);
    await audit(
      tx,
      { ...facts, actor: { kind: "system", name: "verify-email" } },
      { action: "account.verify_email", targetType: "user", targetId: user.id, tenantId: user.tenantId },
    );
    return { userId: user.id };
  });
}

/** Sends the signed-in person a new link; older ones stop working. Does nothing when the e-mail is proved already. */
export async function resendVerification(session: Session): Promise<void> {
  if (session.isVerified) return;
  await consume([{ limit: LIMITS.verifyUser, subject: session.userId }]);
  await asSystem("verify-email", async (tx) => {
    await revokeLinks(tx, "verify_email", session.userId);
    await sendVerification(tx, { userId: session.userId, email: session.email });
  });
  await dispatchMail();
}
