import ipaddr from "ipaddr.js";

/** The part of an address that one customer usually has: an IPv4 address, or the /64 of an IPv6 one. */
export function addressBlock(ip: string | undefined): string {
  if (!ip || !ipaddr.isValid(ip)) return "unknown";
  const address = ipaddr.process(ip);
  if (address.kind() === "ipv4") return address.toString();
  return `${address.toByteArray().slice(0, 8).join(".")}/64`;
}
