import { z } from "zod";
import { sealingRing } from "@/lib/secrets/config-values";
import { open, type SealedPlace, seal } from "@/lib/secrets/seal";
import { newEndpointSecret } from "./signature";

/** Which endpoint a secret belongs to: sealed for one, it opens for no other. */
export type EndpointKey = { readonly tenantId: string; readonly endpointId: string };

/** How long the secret before still signs after a new one was made. */
const OVERLAP_MS = 24 * 60 * 60_000;

const stored = z.strictObject({
  current: z.string(),
  previous: z.strictObject({ secret: z.string(), until: z.iso.datetime() }).optional(),
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

/** A new secret for an endpoint that has one; the one before signs beside it for a day. */
export function nextSecret(key: EndpointKey, sealed: string, now: Date): { secret: string; sealed: string } {
  const secret = newEndpointSecret();
  const until = new Date(now.getTime() + OVERLAP_MS).toISOString();
  const previous = { secret: read(key, sealed).current, until };
  return { secret, sealed: write(key, { current: secret, previous }) };
}

/** The secrets that sign at a moment. @throws AppError `internal` when the value was sealed for another row */
export function signingSecrets(key: EndpointKey, sealed: string, now: Date): string[] {
  const { current, previous } = read(key, sealed);
  return previous && new Date(previous.until) > now ? [current, previous.secret] : [current];
}
