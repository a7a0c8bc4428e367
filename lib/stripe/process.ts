import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { stripeEvents } from "@/db/schema/stripe";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { getStripe } from "./client";
import type { Applied, StoredEvent } from "./event-handler";
import { EVENT_HANDLERS } from "./events";
import { failureOf, toAppError } from "./failures";

export type Processed = "done" | "ignored" | "later" | "known" | "unknown";

/** An event that is not understood after so many tries is left to a person. */
const MAX_TRIES = 200;

type Found = StoredEvent & { status: string; isLive: boolean };

async function findEvent(eventId: string): Promise<Found | null> {
  const [row] = await asSystem("stripe-event", (tx) =>
    tx
      .select({
        id: stripeEvents.id,
        type: stripeEvents.type,
        objectId: stripeEvents.objectId,
        account: stripeEvents.account,
        occurredAt: stripeEvents.occurredAt,
        payload: stripeEvents.payload,
        status: stripeEvents.status,
        isLive: stripeEvents.livemode,
      })
      .from(stripeEvents)
      .where(eq(stripeEvents.id, eventId)),
  );
  return row ? { ...row, objectId: row.objectId ?? "" } : null;
}

const isOpen = (eventId: string) => and(eq(stripeEvents.id, eventId), eq(stripeEvents.status, "received"));

/** Applies an event and marks it in the same transaction: both happen, once, or neither. */
async function settle(event: StoredEvent, apply: (tx: Tx) => Promise<Applied>): Promise<Applied | null> {
  return asSystem("stripe-event", async (tx) => {
    const [open] = await tx
      .select({ id: stripeEvents.id })
      .from(stripeEvents)
      .where(isOpen(event.id))
      .for("update");
    if (!open) return null;
    const applied = await apply(tx);
    await tx
      .update(stripeEvents)
      .set({
        attempts: sql`${stripeEvents.attempts} + 1`,
        ...(applied.outcome === "later"
          ? {
              status: sql`case when ${stripeEvents.attempts} >= ${MAX_TRIES} then 'failed' else 'received' end`,
            }
          : { status: applied.outcome, processedAt: sql`now()`, error: null }),
      })
      .where(eq(stripeEvents.id, event.id));
    return applied;
  });
}

/** An event is given up after many tries, but never because Stripe was away. */
async function noteFailure(eventId: string, error: AppError | Error): Promise<void> {
  const isAway = error instanceof AppError && error.code === "upstream";
  await asSystem("stripe-event", (tx) =>
    tx
      .update(stripeEvents)
      .set({
        attempts: sql`${stripeEvents.attempts} + 1`,
        error: error.message.slice(0, 1000),
        ...(isAway
          ? {}
          : {
              status: sql`case when ${stripeEvents.attempts} >= ${MAX_TRIES} then 'failed' else 'received' end`,
            }),
      })
      .where(isOpen(eventId)),
  );
}

const IGNORED = async (): Promise<Applied> => ({ outcome: "ignored" });

/**
 * Applies a stored event, once. The object is fetched from Stripe as it is now, so neither the order of events nor how
 * often one came matters. An event that fails stays open, and the sweep tries it again. Of partners' accounts Stripe tells
 * tests beside what is real: our key knows nothing of the other.
 * @throws AppError `precondition` without keys; `upstream` when Stripe did not answer
 */
export async function processEvent(eventId: string): Promise<Processed> {
  const event = await findEvent(eventId);
  if (!event) return "unknown";
  if (event.status !== "received") return "known";
  const { stripe, isLive } = await getStripe();
  try {
    const isOurs = isLive === null || isLive === event.isLive;
    const handler = isOurs ? EVENT_HANDLERS[event.type] : undefined;
    const apply = handler ? await handler.run(stripe, event) : IGNORED;
    const applied = await settle(event, apply);
    await applied?.afterwards?.();
    return applied?.outcome ?? "known";
  } catch (error) {
    const known = failureOf(error);
    const failure = known
      ? toAppError(known, error)
      : error instanceof Error
        ? error
        : new Error(String(error));
    await noteFailure(eventId, failure);
    if (!(failure instanceof AppError))
      log.error({ err: error, eventId, type: event.type }, "an event failed");
    throw failure;
  }
}
