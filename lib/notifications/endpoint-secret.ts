import { z } from "zod";
import { sealingRing } from "@/lib/secrets/config-values";
import { open, type SealedPlace, seal } from "@/lib/secrets/seal";
import { newEndpointSecret } from "./signature";

/** Which endpoint a secret belongs to: sealed for one, it opens for no other. */
export type EndpointKey = { readonly tenantId: string; readonly endpointId: string };

/** How long the secret before still signs after a new one was made. */
const OVERLAP_MS = 24 * 60 * 60_000;

/** Further secrets that are no longer than a day old, oldest first: a header has only so much room. */
const MOST_EARLIER = 3;

const replaced = z.strictObject({ secret: z.string(), until: z.iso.datetime() });
const stored = z.strictObject({
  current: z.string(),
  previous: replaced.optional(),
  /** Those before it, when another one was made within the day: the receiver may have any of them. */
  earlier: z.array(replaced).optional(),
});

function placeOf({ tenantId, endpointId }: EndpointKey): SealedPlace {
  return { table: "webhook_endpoints", rowKey: `${tenantId}/${endpointId}`, column: "sealed_secret" };
}

function read(key: EndpointKey, sealed: string) {
  return stored.parse(JSON.parse(open(sealingRing(), placeOf(key), sealed).reveal()));
}

function write(key: EndpointKey, secrets: z.input<typeof stored>): string {
  return seal(sealingRing(), placeOf(key), JSON.stringify(secrets));
}

/** A secret for a new endpoint: to be shown once, and as it is stored. */
export function firstSecret(key: EndpointKey): { secret: string; sealed: string } {
  const secret = newEndpointSecret();
  return { secret, sealed: write(key, { current: secret }) };
}

/** A new secret for an endpoint that has one; those before sign beside it, each for a day. */
export function nextSecret(key: EndpointKey, sealed: string, now: Date): { secret: string; sealed: string } {
  const secret = newEndpointSecret();
  const until = new Date(now.getTime() + OVERLAP_MS).toISOString();
  const before = read(key, sealed);
  const previous = { secret: before.current, until };
  const earlier = stillGood(before, now).slice(0, MOST_EARLIER);
  return { secret, sealed: write(key, { current: secret, previous, earlier }) };
}

/** The secrets that sign at a moment. @throws AppError `internal` when the value was sealed for another row */
export function signingSecrets(key: EndpointKey, sealed: string, now: Date): string[] {
  const secrets = read(key, sealed);
  return [secrets.current, ...stillGood(secrets, now).map(({ secret }) => secret)];
}

/** Those before the current one that still sign, oldest first. */
function stillGood({ previous, earlier = [] }: z.output<typeof stored>, now: Date) {
  return [...earlier, ...(previous ? [previous] : [])].filter(({ until }) => new Date(until) > now);
}
