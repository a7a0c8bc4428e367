import type { Clock } from "./clock";
import { StripeFault } from "./fault";

export type Answer = { status: number; body: string; requestId: string };

type Entry = { path: string; fingerprint: string; at: number; answer: Answer | null };

const KEPT_SECONDS = 24 * 3600;
const MAX_LENGTH = 255;

/** What Stripe remembers of idempotency keys: the first answer, whatever it was, for a day. */
export class IdempotencyKeys {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly clock: Clock) {}

  /**
   * The answer that was given before, or null when the request is new and may begin.
   * Refuses another body or path under the same key, and a request that has not ended yet.
   */
  begin(owner: string, key: string, path: string, fingerprint: string): Answer | null {
    if (key.length > MAX_LENGTH) {
      const message = `Idempotency keys must be at most ${MAX_LENGTH} characters long.`;
      throw new StripeFault(400, { type: "invalid_request_error", message });
    }
    const id = `${owner} ${key}`;
    const known = this.entries.get(id);
    if (!known || this.clock.now() - known.at >= KEPT_SECONDS) {
      this.entries.set(id, { path, fingerprint, at: this.clock.now(), answer: null });
      return null;
    }
    if (known.path !== path) {
      throw conflict(
        400,
        `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${known.path}' vs '${path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
      );
    }
    if (known.fingerprint !== fingerprint) {
      throw conflict(
        400,
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      );
    }
    if (!known.answer) {
      throw conflict(
        409,
        `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
        "idempotency_key_in_use",
      );
    }
    return known.answer;
  }

  /** Keeps an answer: server errors and declines too. */
  keep(owner: string, key: string, answer: Answer): void {
    const entry = this.entries.get(`${owner} ${key}`);
    if (entry) entry.answer = answer;
  }

  /** The request never began (it was refused for its parameters, or for the rate): the key is free again. */
  forget(owner: string, key: string): void {
    this.entries.delete(`${owner} ${key}`);
  }
}

function conflict(status: number, message: string, code?: string): StripeFault {
  return new StripeFault(status, { type: "idempotency_error", message, ...(code ? { code } : {}) });
}
