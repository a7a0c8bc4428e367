import "server-only";
import { z } from "zod";
import { sealingRing } from "@/lib/secrets/config-values";
import { open, type SealedPlace, seal } from "@/lib/secrets/seal";
import { newSecretToken } from "@/lib/secrets/tokens";

const replaced = z.strictObject({ signing: z.string(), until: z.iso.datetime() });
const stored = z.strictObject({
  /** The secret part of the address. */
  token: z.string(),
  /** Signs calls; forms have none. */
  signing: z.string().nullable(),
  /** The signing secret before this one, while it is still good. */
  previous: replaced.nullable(),
  /** Those before it that were promised to be good for longer. */
  earlier: z.array(replaced).optional(),
});
export type TriggerSecrets = z.output<typeof stored>;

function placeOf(triggerId: string): SealedPlace {
  return { table: "workflow_triggers", rowKey: triggerId, column: "sealed_secret" };
}

export function newSecrets(kind: "webhook" | "form"): TriggerSecrets {
  return {
    token: newSecretToken(),
    signing: kind === "webhook" ? newSigningSecret() : null,
    previous: null,
  };
}

export function newSigningSecret(): string {
  return `whsec_${newSecretToken()}`;
}

export function sealSecrets(triggerId: string, secrets: TriggerSecrets): string {
  return seal(sealingRing(), placeOf(triggerId), JSON.stringify(secrets));
}

/** @throws AppError `internal` when it cannot be opened */
export function openSecrets(triggerId: string, sealed: string): TriggerSecrets {
  return stored.parse(JSON.parse(open(sealingRing(), placeOf(triggerId), sealed).reveal()));
}

/** Every signing secret that is good now. */
export function goodSecrets(secrets: TriggerSecrets, now: Date): string[] {
  const { signing } = secrets;
  return [...(signing ? [signing] : []), ...replacedSecrets(secrets, now).map((one) => one.signing)];
}

/** The signing secrets before the present one that are still good, oldest first. */
export function replacedSecrets({ previous, earlier = [] }: TriggerSecrets, now: Date) {
  return [...earlier, ...(previous ? [previous] : [])].filter(({ until }) => new Date(until) > now);
}
