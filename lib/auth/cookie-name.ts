import { env } from "@/lib/env";

/** Whether people reach this installation by https. */
export function isHttps(): boolean {
  return env().appUrl.startsWith("https://");
}

/** The session cookie's name. `__Host-` binds it to this host and to https. */
export function sessionCookieName(): string {
  return isHttps() ? "__Host-hb.session" : "hb.session";
}
