import { AppError } from "@/lib/errors";
import { isPublicAddress, literalAddress } from "./address";

/** Which addresses a caller may reach. Nothing here may come from a tenant except `onlyHosts`, which only narrows. */
export type UrlPolicy = {
  /** Accept `http:` as well as `https:`. */
  allowHttp?: boolean | undefined;
  /**
   * Hosts an operator configured, as `host` or `host:port`: any address and either scheme is accepted for exactly
   * these. Never fill this from a tenant's input.
   */
  trustedHosts?: readonly string[] | undefined;
  /** When given, only these host names (lower case, no port) are reachable; `*.example.com` covers sub-domains. */
  onlyHosts?: readonly string[] | undefined;
};

const PORTS = new Set(["", "80", "443"]);

function refuse(message: string, reason: string): AppError {
  return new AppError("invalid", message, { reason });
}

/** Whether a URL's host and port are among those an operator configured. Without a port, 80 and 443 are meant. */
export function isTrusted(url: URL, policy: UrlPolicy): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const named = `${url.hostname}:${port}`;
  return (policy.trustedHosts ?? []).some((entry) => {
    const host = entry.trim().toLowerCase();
    return host === named || (host === url.hostname && PORTS.has(url.port));
  });
}

/** Whether a host is on an allow-list of names and `*.` patterns. Compared in lower case, without a trailing dot. */
export function hostMatches(hostname: string, allowed: readonly string[]): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  return allowed.some((entry) => {
    const pattern = entry.trim().toLowerCase();
    if (pattern.startsWith("*.")) return host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
    return host === pattern;
  });
}

/** Ends of names that are kept for the inside of networks (RFC 6761, 6762, 8375 and ICANN's `internal`). */
const INSIDE_ENDS = [".localhost", ".local", ".internal", ".home.arpa"];

/** Whether a name means nothing on the open internet, whatever a resolver here would say of it. */
function isInsideName(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  return !host.includes(".") || INSIDE_ENDS.some((end) => host.endsWith(end));
}

/**
 * Parses and checks everything about a URL that can be known without the network. Literal addresses are judged here,
 * because a socket to a literal never asks the resolver. Throws `invalid` with a reason a person can act on.
 */
export function checkUrl(input: string | URL, policy: UrlPolicy): URL {
  let url: URL;
  try {
    url = new URL(input);
  } catch (cause) {
    throw new AppError("invalid", "This is not a valid URL.", { reason: "url_invalid", cause });
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw refuse("Only http and https addresses can be reached.", "url_scheme");
  }
  if (url.username || url.password)
    throw refuse("A URL must not contain a user name or password.", "url_credentials");
  if (policy.onlyHosts && !hostMatches(url.hostname, policy.onlyHosts)) {
    throw refuse(`${url.hostname} is not on the list of allowed hosts.`, "host_not_listed");
  }
  if (isTrusted(url, policy)) return url;
  if (url.protocol === "http:" && policy.allowHttp !== true)
    throw refuse("Use an https address.", "url_scheme");
  if (!PORTS.has(url.port)) throw refuse("Only ports 80 and 443 can be reached.", "url_port");
  const literal = literalAddress(url.hostname);
  const isInside = literal === null ? isInsideName(url.hostname) : !isPublicAddress(literal);
  if (isInside) throw blockedAddress(url.hostname);
  return url;
}

/** The refusal for a host that is, or resolves to, an address inside a network. */
export function blockedAddress(host: string): AppError {
  return refuse(`${host} is not a public address, so it cannot be reached from here.`, "address_blocked");
}
