import "server-only";
import { cookies } from "next/headers";
import { decode } from "next-auth/jwt";
import { isId } from "@/lib/ids";
import { appKeys } from "@/lib/secrets/app-keys";
import { sessionCookieName } from "./cookie-name";

/** What a cookie may say: who, and which session. Everything else is read from the database on each request. */
export type CookieClaims = { userId: string; sessionId: string };

/** Who the request's session cookie says it is, or null. It is not yet known whether that session still lives. */
export async function sessionCookie(): Promise<CookieClaims | null> {
  const name = sessionCookieName();
  const token = (await cookies()).get(name)?.value;
  if (!token) return null;
  try {
    const claims = await decode({ token, secret: appKeys().authSecret, salt: name });
    return isId(claims?.sub) && isId(claims?.sid) ? { userId: claims.sub, sessionId: claims.sid } : null;
  } catch {
    // Forged, expired, or sealed with a secret that was replaced: nobody is signed in.
    return null;
  }
}
