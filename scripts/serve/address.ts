import { isIPv6 } from "node:net";

/** Where a server is reached from the machine that it listens on. */
export function addressOf(host: string | undefined, port: number): string {
  // Every address of the machine is its own one, too.
  const name = host === undefined || host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
}
