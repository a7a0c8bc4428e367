import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export const SIGNATURE_HEADER = "HireBuddha-Signature";
/** How far a signature's time may be from ours, either way. */
const TOLERANCE_SECONDS = 5 * 60;

export type SignatureCheck =
  | { readonly ok: true; readonly timestamp: string }
  | { readonly ok: false; readonly reason: string };

/** The hex of HMAC-SHA256 over the time and the body as it was sent. */
export function signatureOf(secret: string, timestamp: string, rawBody: Uint8Array): string {
  return createHmac("sha256", secret).update(`${timestamp}.`).update(rawBody).digest("hex");
}

/**
 * Checks `t=<unix seconds>,v1=<hex>`; several `v1` may stand there while a secret changes.
 * @param secrets every one that is good now
 */
export function checkSignature(
  header: string | null,
  secrets: readonly string[],
  rawBody: Uint8Array,
  now: Date,
): SignatureCheck {
  if (!header) return { ok: false, reason: `The header ${SIGNATURE_HEADER} is missing.` };
  const parts = header.split(",").map((part) => part.trim());
  const timestamp = parts.find((part) => /^t=\d{1,12}$/.test(part))?.slice(2);
  const given = parts.filter((part) => /^v1=[0-9a-fA-F]{64}$/.test(part)).map((part) => part.slice(3));
  if (!timestamp || given.length === 0 || given.length > 5) {
    return { ok: false, reason: `The header ${SIGNATURE_HEADER} must be t=<unix seconds>,v1=<hex>.` };
  }
  const expected = secrets.map((secret) => Buffer.from(signatureOf(secret, timestamp, rawBody), "hex"));
  const isRight = given
    .flatMap((hex) => expected.map((one) => timingSafeEqual(Buffer.from(hex, "hex"), one)))
    .includes(true);
  if (!isRight) return { ok: false, reason: "The signature is not right for this body and secret." };
  const age = Math.abs(now.getTime() / 1000 - Number(timestamp));
  if (age > TOLERANCE_SECONDS) {
    return { ok: false, reason: "The signature's time is more than five minutes from ours." };
  }
  return { ok: true, timestamp };
}

/** Names one signed call: the same bytes at the same time. */
export function signedCallKey(timestamp: string, rawBody: Uint8Array): string {
  return createHash("sha256").update(`${timestamp}.`).update(rawBody).digest("hex");
}
