import { AppError } from "@/lib/errors";

/** Keys by id. The first one written is the one that seals; all of them open. */
export type KeyRing = {
  readonly writeKeyId: string;
  keyOf(keyId: string): Buffer | undefined;
};

const KEY_ID = /^[a-z0-9_-]{1,32}$/;
const KEY_BYTES = 32;

/**
 * Reads `kid:base64,kid:base64`: 32-byte keys, the first is the write key. Throws `internal` with a sentence that says
 * which entry is wrong, never with key material.
 */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, Buffer>();
  for (const [index, entry] of text.split(",").entries()) {
    const [keyId = "", encoded = ""] = entry.trim().split(":", 2);
    const key = Buffer.from(encoded, "base64");
    if (!KEY_ID.test(keyId) || key.length !== KEY_BYTES || keys.has(keyId)) {
      throw new AppError(
        "internal",
        `Key ${index + 1} must be a unique id of a-z, 0-9, _ or -, a colon, and 32 bytes in base64.`,
        { reason: "key_ring_invalid" },
      );
    }
    keys.set(keyId, key);
  }
  const [writeKeyId = ""] = keys.keys();
  return { writeKeyId, keyOf: (keyId) => keys.get(keyId) };
}

/** What is wrong with a text of keys; null when all of it can be read. */
export function keyRingProblem(text: string): string | null {
  try {
    parseKeyRing(text);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}
