import "server-only";
import { and, eq, gt, ne, sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { refreshTokens, users } from "@/db/schema/auth";
import { audit } from "@/lib/audit/record";
import { passwordMark } from "@/lib/auth/password";
import type { RequestFacts } from "@/lib/auth/request";
import type { Session } from "@/lib/auth/session";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { hashToken, newSecretToken } from "@/lib/secrets/tokens";

/** Without use, and at most. */
const SESSION_IDLE_HOURS = 12;
export const SESSION_MAX_DAYS = 7;

const idleEnd = sql`now() + make_interval(hours => ${SESSION_IDLE_HOURS})`;
const absoluteEnd = sql`now() + make_interval(days => ${SESSION_MAX_DAYS})`;

/**
 * Opens a new session of a person who just proved who they are. Gives its id.
 * @param mark of the password that proved it: one that was replaced meanwhile opens no session that would outlive it
 * @throws AppError `unauthenticated` when the person may not sign in, or not with that password any more
 */
export async function openSession(userId: string, facts: RequestFacts, mark?: string): Promise<string> {
  const sessionId = newId();
  await asSystem("session", async (tx) => {
    const [user] = await tx
      .select({ tenantId: users.tenantId, hashedPassword: users.hashedPassword })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.isActive, true)))
      // Whoever takes their access or sets a password at this moment waits, and finds this session to end.
      .for("share");
    if (!user || (mark !== undefined && passwordMark(user.hashedPassword) !== mark))
      throw new AppError("unauthenticated");
    await tx.insert(refreshTokens).values({
      id: sessionId,
      userId,
      familyId: sessionId,
      // A browser session carries its id in a sealed cookie; the column's secret is for clients that rotate tokens.
      token: hashToken(newSecretToken()),
      expiresAt: idleEnd,
      absoluteExpiresAt: absoluteEnd,
      lastSeenAt: sql`now()`,
      ip: facts.ip ?? null,
      userAgent: facts.userAgent ?? null,
    });
    await audit(
      tx,
      { ...facts, actor: { kind: "user", userId, sessionId } },
      { action: "session.create", targetType: "session", targetId: sessionId, tenantId: user.tenantId },
    );
  });
  return sessionId;
}

/** Why a session ended, as its row keeps it. */
export type RevocationReason =
  | "signed_out"
  | "revoked_by_user"
  | "password_changed"
  | "password_reset"
  | "deactivated"
  | "role_changed";

/**
 * Ends all sessions of a user from the next request on. Call it in the transaction of what makes it necessary.
 * @param exceptSessionId the session that may stay: the one in which the change was made
 */
export async function revokeSessions(
  tx: Tx,
  userId: string,
  reason: RevocationReason,
  exceptSessionId?: string,
): Promise<number> {
  const ended = await tx
    .update(refreshTokens)
    .set({ revoked: true, revokedReason: reason })
    .where(
      and(
        eq(refreshTokens.userId, userId),
        eq(refreshTokens.revoked, false),
        exceptSessionId ? ne(refreshTokens.id, exceptSessionId) : undefined,
      ),
    )
    .returning({ id: refreshTokens.id });
  return ended.length;
}

/** Ends one session because its owner signed out of it. Safe to call twice. */
export async function closeSession(userId: string, sessionId: string): Promise<void> {
  await asSystem("session", async (tx) => {
    const [ended] = await tx
      .update(refreshTokens)
      .set({ revoked: true, revokedReason: "signed_out" satisfies RevocationReason })
      .where(
        and(
          eq(refreshTokens.id, sessionId),
          eq(refreshTokens.userId, userId),
          eq(refreshTokens.revoked, false),
        ),
      )
      .returning({ id: refreshTokens.id });
    if (!ended) return;
    const [user] = await tx.select({ tenantId: users.tenantId }).from(users).where(eq(users.id, userId));
    await audit(
      tx,
      { actor: { kind: "user", userId, sessionId } },
      {
        action: "session.close",
        targetType: "session",
        targetId: sessionId,
        tenantId: user?.tenantId ?? null,
      },
    );
  });
}

export type SessionItem = {
  id: string;
  isCurrent: boolean;
  ip: string | null;
  userAgent: string | null;
  createdAt: Date;
  lastSeenAt: Date;
};

/** The live sessions of the signed-in person, the current one first. */
export async function listSessions(session: Session): Promise<SessionItem[]> {
  const rows = await asSystem("session", (tx) =>
    tx
      .select({
        id: refreshTokens.id,
        ip: refreshTokens.ip,
        userAgent: refreshTokens.userAgent,
        createdAt: refreshTokens.createdAt,
        lastSeenAt: refreshTokens.lastSeenAt,
      })
      .from(refreshTokens)
      .where(
        and(
          eq(refreshTokens.userId, session.userId),
          eq(refreshTokens.revoked, false),
          gt(refreshTokens.expiresAt, sql`now()`),
          gt(refreshTokens.absoluteExpiresAt, sql`now()`),
        ),
      )
      .orderBy(sql`${refreshTokens.id} = ${session.sessionId} desc`, sql`${refreshTokens.lastSeenAt} desc`)
      .limit(100),
  );
  return rows.map((row) => ({
    ...row,
    lastSeenAt: row.lastSeenAt ?? row.createdAt,
    isCurrent: row.id === session.sessionId,
  }));
}

function byOwner(session: Session) {
  return { actor: { kind: "user" as const, userId: session.userId, sessionId: session.sessionId } };
}

/** Ends one of the person's own sessions. @throws AppError `not_found` when it is not theirs or already over */
export async function revokeSession(session: Session, input: { sessionId: string }): Promise<void> {
  await asSystem("session", async (tx) => {
    const [ended] = await tx
      .update(refreshTokens)
      .set({ revoked: true, revokedReason: "revoked_by_user" satisfies RevocationReason })
      .where(
        and(
          eq(refreshTokens.id, input.sessionId),
          eq(refreshTokens.userId, session.userId),
          eq(refreshTokens.revoked, false),
        ),
      )
      .returning({ id: refreshTokens.id });
    if (!ended) throw new AppError("not_found", "This session is already over.");
    await audit(tx, byOwner(session), {
      action: "session.revoke",
      targetType: "session",
      targetId: ended.id,
      tenantId: session.tenant.id,
    });
  });
}

/** Ends every session of the person, this one included or not. Gives how many ended. */
export async function signOutEverywhere(
  session: Session,
  input: { keepCurrent: boolean },
): Promise<{ ended: number }> {
  return asSystem("session", async (tx) => {
    const ended = await revokeSessions(
      tx,
      session.userId,
      "revoked_by_user",
      input.keepCurrent ? session.sessionId : undefined,
    );
    await audit(tx, byOwner(session), {
      action: "session.revoke_all",
      targetType: "user",
      targetId: session.userId,
      after: { ended },
      tenantId: session.tenant.id,
    });
    return { ended };
  });
}
