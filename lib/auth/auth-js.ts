import "server-only";
import { headers } from "next/headers";
import NextAuth, { CredentialsSignin, type NextAuthConfig } from "next-auth";
import { decode } from "next-auth/jwt";
import Credentials from "next-auth/providers/credentials";
import { signInInput } from "@/lib/accounts/input";
import { closeSession, openSession, SESSION_MAX_DAYS } from "@/lib/accounts/sessions";
import { checkCredentials } from "@/lib/accounts/sign-in";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { log } from "@/lib/log";
import { appKeys } from "@/lib/secrets/app-keys";
import { isHttps, sessionCookieName } from "./cookie-name";
import { oauthAdapter, oauthProviders } from "./oauth";
import { requestFacts } from "./request";
import { findSession } from "./session";

/** A refusal on its way through Auth.js, which only passes on errors of its own kind. */
export class SignInRefused extends CredentialsSignin {
  readonly refusal: AppError;

  constructor(refusal: AppError) {
    super();
    this.refusal = refusal;
    this.code = refusal.code;
  }
}

type Person = { id: string; passwordMark: string };

async function authorizeCredentials(given: unknown, request: Request): Promise<Person | null> {
  const { email, password } = given as Record<string, unknown>;
  const parsed = signInInput.safeParse({ email, password });
  if (!parsed.success) return null;
  try {
    const { userId, passwordMark } = await checkCredentials(requestFacts(request.headers), parsed.data);
    return { id: userId, passwordMark };
  } catch (error) {
    throw refused(error);
  }
}

const refused = (error: unknown) => (error instanceof AppError ? new SignInRefused(error) : error);

function claimsOf(token: Record<string, unknown>) {
  return isId(token.sub) && isId(token.sid) ? { userId: token.sub, sessionId: token.sid } : null;
}

function authConfig(): NextAuthConfig {
  const secure = isHttps();
  return {
    secret: appKeys().authSecret,
    trustHost: true,
    useSecureCookies: secure,
    basePath: "/api/auth",
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/sign-in", newUser: "/start" },
    session: { strategy: "jwt", maxAge: SESSION_MAX_DAYS * 86_400 },
    cookies: {
      sessionToken: {
        name: sessionCookieName(),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure },
      },
    },
    adapter: oauthAdapter(),
    providers: [
      Credentials({
        credentials: { email: { type: "email" }, password: { type: "password" } },
        authorize: authorizeCredentials,
      }),
      ...oauthProviders(),
    ],
    jwt: {
      /** A cookie whose session ended counts as no cookie, also where Auth.js links a further way to sign in. */
      async decode(params) {
        const token = await decode(params);
        const claims = token ? claimsOf(token) : null;
        return claims && (await findSession(claims.userId, claims.sessionId)) ? token : null;
      },
    },
    callbacks: {
      /** Who and which session, nothing else. What `session.update` sends is never read. */
      async jwt({ token, user, account }) {
        if (!account) return { sub: token.sub, sid: token.sid };
        const userId = user?.id;
        if (!isId(userId)) return null;
        const mark = "passwordMark" in user ? String(user.passwordMark) : undefined;
        const opened = openSession(userId, requestFacts(await headers()), mark);
        const sid = await opened.catch((error: unknown) => {
          throw refused(error);
        });
        return { sub: userId, sid };
      },
      session({ session, token }) {
        return { expires: session.expires, user: { id: token.sub ?? "" } };
      },
    },
    events: {
      async signOut(message) {
        const claims = "token" in message && message.token ? claimsOf(message.token) : null;
        if (claims) await closeSession(claims.userId, claims.sessionId);
      },
    },
    logger: {
      error: (error) => {
        if (error instanceof CredentialsSignin) return;
        log.warn({ err: error }, "Auth.js refused a request");
      },
      warn: () => {},
      debug: () => {},
    },
  };
}

// Lazy: the settings and keys are read with the first request, not when a page is compiled.
export const { handlers, signIn, signOut } = NextAuth(authConfig);
