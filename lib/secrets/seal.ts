import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { AppError } from "@/lib/errors";
import type { KeyRing } from "./key-ring";
import { Secret } from "./secret";

/** Where a sealed value lives. A value copied to another row or column does not open. */
export type SealedPlace = { table: string; rowKey: string; column: string };

const VERSION = "v1";
const INFO = "hb:v1";
const SALT_BYTES = 32;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const IV_BYTES = 12;

function derive(key: Buffer, salt: Buffer): { key: Buffer; iv: Buffer } {
  const bytes = Buffer.from(hkdfSync("sha256", key, salt, INFO, KEY_BYTES + IV_BYTES));
  return { key: bytes.subarray(0, KEY_BYTES), iv: bytes.subarray(KEY_BYTES) };
}

/** JSON keeps the three parts apart whatever characters they hold. */
function additionalData(place: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify([place.table, place.rowKey, place.column]));
}

/**
 * Seals a value with AES-256-GCM under a key and nonce derived for this message alone (HKDF-SHA256, 32-byte salt).
 * Gives `v1.<key id>.<base64url of salt, tag, ciphertext>`.
 */
export function seal(keys: KeyRing, place: SealedPlace, value: Secret | string): string {
  const master = keys.keyOf(keys.writeKeyId);
  if (!master) throw keyMissing(keys.writeKeyId);
  const salt = randomBytes(SALT_BYTES);
  const { key, iv } = derive(master, salt);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(place));
  const plain = typeof value === "string" ? value : value.reveal();
  const ciphertext = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return `${VERSION}.${keys.writeKeyId}.${Buffer.concat([salt, cipher.getAuthTag(), ciphertext]).toString("base64url")}`;
}

/**
 * Opens what `seal` gave for the same place. Throws `internal` with reason `key_missing` when the ring no longer has
 * the key, `secret_unreadable` when the value was changed, moved or sealed under another key of the same id.
 */
export function open(keys: KeyRing, place: SealedPlace, sealed: string): Secret {
  const [version, keyId, payload = ""] = sealed.split(".");
  if (version !== VERSION || !keyId) throw unreadable(place);
  const master = keys.keyOf(keyId);
  if (!master) throw keyMissing(keyId);
  const bytes = Buffer.from(payload, "base64url");
  if (bytes.length < SALT_BYTES + TAG_BYTES) throw unreadable(place);
  const { key, iv } = derive(master, bytes.subarray(0, SALT_BYTES));
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(additionalData(place));
    decipher.setAuthTag(bytes.subarray(SALT_BYTES, SALT_BYTES + TAG_BYTES));
    const plain = Buffer.concat([decipher.update(bytes.subarray(SALT_BYTES + TAG_BYTES)), decipher.final()]);
    return new Secret(plain.toString("utf8"));
  } catch (cause) {
    throw unreadable(place, cause);
  }
}

function keyMissing(keyId: string): AppError {
  return new AppError("internal", `The key ${keyId} that opens a stored secret is not configured.`, {
    reason: "key_missing",
  });
}

function unreadable(place: SealedPlace, cause?: unknown): AppError {
  return new AppError("internal", `The secret in ${place.table}.${place.column} cannot be opened.`, {
    reason: "secret_unreadable",
    cause,
  });
}
