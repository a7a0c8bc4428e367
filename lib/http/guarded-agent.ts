import type { LookupAddress, LookupOptions } from "node:dns";
import { lookup as dnsLookup } from "node:dns";
import { Agent } from "undici";
import { isPublicAddress } from "./address";
import { blockedAddress } from "./url-policy";

/** Resolves a host name to every address it has. The system resolver unless a caller brings its own. */
export type Resolver = (host: string) => Promise<readonly LookupAddress[]>;

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

const systemResolver: Resolver = (host) =>
  new Promise((resolve, reject) => {
    dnsLookup(host, { all: true, verbatim: true }, (error, addresses) =>
      error ? reject(error) : resolve(addresses),
    );
  });

/**
 * The check happens in the lookup of the very socket that connects, so an answer cannot change between the check and
 * the use. One private address among the answers refuses the host: which one is dialled is not ours to choose.
 */
function guardedLookup(resolve: Resolver) {
  return (host: string, options: LookupOptions, callback: LookupCallback): void => {
    resolve(host).then(
      (addresses) => {
        const first = addresses[0];
        if (!first || addresses.some(({ address }) => !isPublicAddress(address))) {
          callback(blockedAddress(host), "");
        } else if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ""),
    );
  };
}

const CONNECT_TIMEOUT_MS = 10_000;

function makeAgent(connect: Agent.Options["connect"]): Agent {
  // Body and header silence are bounded by the caller's own deadline, which also covers slow drips.
  return new Agent({ connect, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 10_000 });
}

const guardedAgents = new WeakMap<Resolver, Agent>();

/** The agent for everything a tenant can name: refuses to open a socket to a non-public address. */
export function guardedAgent(resolver: Resolver = systemResolver): Agent {
  let agent = guardedAgents.get(resolver);
  if (!agent) {
    agent = makeAgent({ lookup: guardedLookup(resolver), timeout: CONNECT_TIMEOUT_MS });
    guardedAgents.set(resolver, agent);
  }
  return agent;
}

/** For operator-configured origins only. Its sockets are never shared with the guarded agent. */
export const trustedAgent = makeAgent({ timeout: CONNECT_TIMEOUT_MS });
