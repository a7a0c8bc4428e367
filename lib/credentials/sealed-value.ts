import "server-only";
import { sealingRing } from "@/lib/secrets/config-values";
import { open, type SealedPlace, seal } from "@/lib/secrets/seal";
import type { Secret } from "@/lib/secrets/secret";

/** Which credential a value belongs to: sealed for one, it opens for no other. */
export type CredentialKey = { readonly tenantId: string; readonly credentialId: string };

function placeOf({ tenantId, credentialId }: CredentialKey): SealedPlace {
  return { table: "credentials", rowKey: `${tenantId}/${credentialId}`, column: "sealed_value" };
}

export function sealValue(key: CredentialKey, value: string): string {
  return seal(sealingRing(), placeOf(key), value);
}

/** @throws AppError `internal` with reason `key_missing` or `secret_unreadable` */
export function openValue(key: CredentialKey, sealed: string): Secret {
  return open(sealingRing(), placeOf(key), sealed);
}
