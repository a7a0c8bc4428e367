import { appKeys } from "./app-keys";
import { type KeyRing, parseKeyRing } from "./key-ring";
import { open, type SealedPlace, seal } from "./seal";
import { Secret } from "./secret";

let ring: KeyRing | undefined;

/** The keys of this installation that seal what is stored. */
export function sealingRing(): KeyRing {
  ring ??= parseKeyRing(appKeys().sealingKeys);
  return ring;
}

/** A setting's sealed value opens only under its own key. */
function placeOf(key: string): SealedPlace {
  return { table: "system_configs", rowKey: key, column: "value" };
}

/** The text to store in `system_configs.value` for a sealed setting. */
export function sealConfigValue(key: string, value: Secret | string): string {
  return seal(sealingRing(), placeOf(key), value);
}

/**
 * What a row of `system_configs` holds.
 * @throws AppError `internal` with reason `key_missing` or `secret_unreadable`
 */
export function openConfigValue(row: { key: string; value: string; isEncrypted: boolean | null }): Secret {
  return row.isEncrypted === false ? new Secret(row.value) : open(sealingRing(), placeOf(row.key), row.value);
}
