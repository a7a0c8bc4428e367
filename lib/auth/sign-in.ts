import "server-only";
import type { SignInInput } from "@/lib/accounts/input";
import { AppError } from "@/lib/errors";
import { SignInRefused, signIn, signOut } from "./auth-js";
import { type OAuthProvider, oauthProviderNames } from "./oauth";
import { safePath } from "./safe-path";
import type { Session } from "./session";

/** Where each kind of person starts. */
export function homeOf(session: Pick<Session, "role" | "partner">): string {
  if (session.role === "app_admin") return "/admin";
  return session.role === "partner_admin" && session.partner ? "/partner" : "/app";
}

/** The page that leads on to `next` or, without a safe one, to the person's own console. */
export function startPath(next: string | undefined): string {
  return safePath(next) ?? "/start";
}

/**
 * Signs in with e-mail and password and sets the cookie.
 * @throws AppError `unauthenticated` or `rate_limited`
 */
export async function signInWithPassword(input: SignInInput): Promise<void> {
  try {
    await signIn("credentials", { email: input.email, password: input.password, redirect: false });
  } catch (error) {
    if (error instanceof SignInRefused) throw error.refusal;
    throw error;
  }
}

/** Leaves for Google or GitHub. Redirects. @throws AppError `not_found` when this installation has no keys for it */
export async function signInWithProvider(provider: OAuthProvider, next: string | undefined): Promise<void> {
  if (!oauthProviderNames().includes(provider)) throw new AppError("not_found");
  await signIn(provider, { redirectTo: startPath(next) });
}

/** Ends the session in the database and removes the cookie. */
export async function signOutOfThisSession(): Promise<void> {
  await signOut({ redirect: false });
}
