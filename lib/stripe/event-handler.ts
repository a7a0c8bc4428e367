import type Stripe from "stripe";
import type { Tx } from "@/db/access";

/** An event as it was stored. Its payload says which object, never what is true of it now. */
export type StoredEvent = {
  readonly id: string;
  readonly type: string;
  readonly objectId: string;
  readonly account: string | null;
  readonly occurredAt: Date;
  readonly payload: unknown;
};

/**
 * `done`: applied, or nothing was left to do. `ignored`: none of our business. `later`: what it is about is not known
 * here yet, so it is tried again.
 */
export type Applied = {
  outcome: "done" | "ignored" | "later";
  /** After the commit. */
  afterwards?: () => Promise<void>;
};

/** What an event does: the object is fetched as it is now, outside of any transaction, and then applied in one. */
export type EventHandler = {
  run(stripe: Stripe, event: StoredEvent): Promise<(tx: Tx) => Promise<Applied>>;
};

/** A handler whose two halves agree on what is fetched. */
export function handler<T>(
  look: (stripe: Stripe, event: StoredEvent) => Promise<T>,
  apply: (tx: Tx, fetched: T, event: StoredEvent) => Promise<Applied>,
): EventHandler {
  return {
    run: async (stripe, event) => {
      const fetched = await look(stripe, event);
      return (tx) => apply(tx, fetched, event);
    },
  };
}
