import { createHash } from "node:crypto";
import { v7 } from "uuid";
import { z } from "zod";
import type { Query } from "./port";
import { eventInput, type InngestEvent, LIMITS } from "./protocol";

const eventsInput = z.union([eventInput.transform((one) => [one]), z.array(eventInput)]);

/** A send that the real server would refuse as well. */
export class InvalidEvents extends Error {}

/**
 * Reads the body of a send. Ids that the sender left open come from the seed, so a retried send gives the same
 * ids and is taken once. Throws InvalidEvents.
 */
export function parseEvents(body: unknown, seed: string | null, now: Date): InngestEvent[] {
  const parsed = eventsInput.safeParse(body);
  if (!parsed.success) throw new InvalidEvents(z.prettifyError(parsed.error));
  if (parsed.data.length > LIMITS.eventsPerSend) {
    throw new InvalidEvents(`A send takes at most ${LIMITS.eventsPerSend} events`);
  }
  return parsed.data.map((input, index) => {
    const event = {
      ...input,
      id: input.id ?? generatedId(seed, index),
      data: input.data ?? {},
      ts: input.ts ?? now.getTime(),
    };
    if (JSON.stringify(event).length > LIMITS.eventBytes) {
      throw new InvalidEvents(`The event ${event.name} is over ${LIMITS.eventBytes} bytes`);
    }
    return event;
  });
}

/** An event that this process sends to itself. */
export type SentEvent = {
  readonly id: string;
  readonly name: string;
  readonly data: Record<string, unknown>;
};

/** Stores one. @throws InvalidEvents */
export async function storeEvent(query: Query, event: SentEvent): Promise<void> {
  await insertEvents(query, parseEvents(event, null, new Date()));
}

function generatedId(seed: string | null, index: number): string {
  if (!seed) return v7();
  return createHash("sha256").update(`${seed}:${index}`).digest("hex").slice(0, 32);
}

/**
 * Stores events for routing, in their order; a time in the future delays one. One whose id was stored within the
 * window is left alone.
 */
export async function insertEvents(query: Query, events: readonly InngestEvent[]): Promise<void> {
  const unique = [...new Map(events.map((event) => [event.id, event])).values()];
  const now = Date.now();
  await query("SELECT engine.store_events($1::text[], $2::text[], $3::text[], $4::float8[])", [
    unique.map((event) => event.id),
    unique.map((event) => event.name),
    unique.map((event) => JSON.stringify(event)),
    // What is due by this clock is due, also where the database's is behind it: most are sent as of now.
    unique.map((event) => (event.ts > now ? event.ts : 0)),
  ]);
}
