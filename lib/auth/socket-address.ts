import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/** A socket that listens for both kinds names IPv4 callers in IPv6 style. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/, "");
}

/**
 * Adds the address of the socket as the last hop of `X-Forwarded-For`. Next does so only when the header is missing, so
 * a caller could otherwise claim any address by sending one; `clientAddress` counts back from this hop.
 */
export function recordSocketAddresses(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    const given = request.headers["x-forwarded-for"];
    const hops = [...(Array.isArray(given) ? given : [given]), plainAddress(request.socket.remoteAddress)];
    request.headers["x-forwarded-for"] = hops.filter(Boolean).join(", ");
  });
}
