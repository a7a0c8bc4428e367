import { env } from "@/lib/env";
import { newId } from "@/lib/ids";

export type RequestFacts = { requestId: string; ip?: string; userAgent?: string };

type HeaderSource = { get(name: string): string | null };

const REQUEST_ID = /^[A-Za-z0-9-]{8,64}$/;

/** The caller's address. Forwarded headers count only for the configured number of proxies in front of us. */
export function clientAddress(headers: HeaderSource): string | undefined {
  const hops = (headers.get("x-forwarded-for") ?? "")
    .split(",")
    .map((hop) => hop.trim())
    .filter(Boolean);
  const trusted = env().TRUSTED_PROXIES;
  // Next's own server appends the socket's address as the last hop.
  return hops.at(-1 - trusted) ?? hops.at(0);
}

/** What goes into audit rows and the log about a request. */
export function requestFacts(headers: HeaderSource): RequestFacts {
  const given = headers.get("x-request-id") ?? "";
  const ip = clientAddress(headers);
  const userAgent = headers.get("user-agent")?.slice(0, 300);
  return {
    requestId: REQUEST_ID.test(given) ? given : newId(),
    ...(ip ? { ip } : {}),
    ...(userAgent ? { userAgent } : {}),
  };
}
