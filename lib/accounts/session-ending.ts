import "server-only";
import { and, eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { refreshTokens, users } from "@/db/schema/auth";
import { type CookieClaims, sessionCookie } from "@/lib/auth/cookie";
import { AppError } from "@/lib/errors";
import type { RevocationReason } from "./sessions";

/** Why a session was ended before its time, and whether its person may sign in again. */
export type SessionEnding = { readonly sentence: string; readonly maySignIn: boolean };

const SENTENCES: Partial<Record<string, string>> = {
  role_changed: "Your role was changed, which signed you out.",
  password_changed: "Your password was changed, which signed you out.",
  password_reset: "Your password was changed, which signed you out.",
  revoked_by_user: "You were signed out from another device.",
} satisfies Partial<Record<RevocationReason, string>>;

const DEACTIVATED: SessionEnding = {
  sentence: "Your account was deactivated. Ask an admin about it.",
  maySignIn: false,
};

/** @returns null for a session that ran out, that its person signed out of, or that goes on */
export async function findEnding({ userId, sessionId }: CookieClaims): Promise<SessionEnding | null> {
  const [row] = await asSystem("session-ending", (tx) =>
    tx
      .select({ reason: refreshTokens.revokedReason, isActive: users.isActive })
      .from(refreshTokens)
      .innerJoin(users, eq(users.id, refreshTokens.userId))
      .where(and(eq(refreshTokens.id, sessionId), eq(refreshTokens.userId, userId)))
      .limit(1),
  );
  if (!row) return null;
  if (!row.isActive) return DEACTIVATED;
  const sentence = SENTENCES[row.reason ?? ""];
  return sentence ? { sentence, maySignIn: true } : null;
}

/** What somebody is told who asked for something and is not signed in any more: what was typed is still on its page. */
export async function signedOut(): Promise<AppError> {
  const cookie = await sessionCookie();
  const ending = cookie && (await findEnding(cookie));
  const remedy =
    ending?.maySignIn === false ? "Nothing was done." : "Sign in again in another tab, then repeat this.";
  return new AppError("unauthenticated", `${ending?.sentence ?? "Your session is over."} ${remedy}`);
}
