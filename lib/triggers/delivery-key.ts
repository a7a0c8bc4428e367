import { createHash } from "node:crypto";
import { newId } from "@/lib/ids";

/** Under which senders name a delivery, the first one wins. */
const ID_HEADERS = ["hirebuddha-delivery", "idempotency-key", "x-github-delivery", "webhook-id"] as const;
const MOST_CHARS = 200;

function short(text: string): string {
  return text.length <= MOST_CHARS ? text : createHash("sha256").update(text).digest("hex");
}

/** The sender's own name of a delivery, or null. */
export function senderKey(headers: { get(name: string): string | null }): string | null {
  for (const name of ID_HEADERS) {
    const value = headers.get(name)?.trim();
    if (value) return `id:${short(value)}`;
  }
  return null;
}

/** A delivery that nothing makes the same as another. */
export function onceKey(what: "call" | "refused" | "sample"): string {
  return `${what}:${newId()}`;
}

/** Rows that only tie a signed call to the name it came under; they are no deliveries themselves. */
export const TIE_PREFIX = "tie:";

export function tieKey(signedKey: string): string {
  return TIE_PREFIX + signedKey;
}

/**
 * The idempotency key of the run that a delivery starts: the same delivery starts one. Its spaces set it apart from keys
 * of callers of the API, who could otherwise take the key of a tick to come, and the schedule would not start.
 */
export function runKey(triggerId: string, deliveryKey: string): string {
  return `trigger ${triggerId} ${createHash("sha256").update(deliveryKey).digest("hex")}`;
}
