import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

const GLOBAL_UNICAST_V6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("2000::"), 3];

/** Azure's wire server: a public address by every registry, a metadata service in practice. */
const DENIED_V4 = new Set(["168.63.129.16"]);

/**
 * Whether an IP address is one the open internet routes to. Everything else (loopback, private, link-local, metadata,
 * NAT64, 6to4, Teredo, mapped and compatible forms, documentation) is false, and so is anything that is no address.
 */
export function isPublicAddress(address: string): boolean {
  // ipaddr.js alone would also accept old spellings such as "1.2.3".
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast") return false;
  if (parsed instanceof ipaddr.IPv6) return parsed.match(GLOBAL_UNICAST_V6);
  return !DENIED_V4.has(parsed.toString());
}

/** The address in a URL's hostname when it is a literal (`[::1]` → `::1`), else null. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
  return ipaddr.isValid(bare) ? bare : null;
}
