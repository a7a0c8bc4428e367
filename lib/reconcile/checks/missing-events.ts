import { sql } from "drizzle-orm";
import type Stripe from "stripe";
import { partnerAccounts } from "@/db/schema/partner-money";
import { stripeEvents } from "@/db/schema/stripe";
import { log } from "@/lib/log";
import { dispatchEvent } from "@/lib/stripe/dispatch";
import { EVENT_HANDLERS } from "@/lib/stripe/events";
import { failureOf, isKeyRefused } from "@/lib/stripe/failures";
import { storeEvent } from "@/lib/stripe/ingest";
import { ask, daysBefore, type Found, LOOK_BACK_DAYS, type ReconcileCheck, stripeTime } from "../check";

const MINUTES_10_MS = 600_000;

/** Events of the platform, or of the account of a partner: those are shown to who asks for the account. */
async function listOf(stripe: Stripe, now: Date, account?: string): Promise<Stripe.Event[]> {
  const listed: Stripe.Event[] = [];
  const created = { gte: stripeTime(daysBefore(now, LOOK_BACK_DAYS)), lte: stripeTime(now) };
  const options = account ? { stripeAccount: account } : {};
  for await (const event of stripe.events.list({ created, limit: 100 }, options))
    if (event.type in EVENT_HANDLERS) listed.push(account ? { ...event, account } : event);
  return listed;
}

/** The accounts of partners that Stripe still shows us: one that a partner closed or took from us has no events. */
async function ofAccounts(stripe: Stripe, now: Date): Promise<Stripe.Event[]> {
  const accounts = await ask<{ id: string }>(
    sql`select a.stripe_account_id as id from ${partnerAccounts} a where a.stripe_account_id is not null order by 1`,
  );
  const listed: Stripe.Event[] = [];
  for (const { id } of accounts) {
    try {
      listed.push(...(await listOf(stripe, now, id)));
    } catch (error) {
      const isGone = isKeyRefused(failureOf(error) ?? { status: null });
      if (!isGone) throw error;
      log.warn({ err: error, account: id }, "Stripe does not show the events of an account");
    }
  }
  return listed;
}

async function missingOf(stripe: Stripe, now: Date): Promise<Stripe.Event[]> {
  const listed = [...(await listOf(stripe, now)), ...(await ofAccounts(stripe, now))];
  const ids = JSON.stringify(listed.map(({ id }) => id));
  const known = await ask<{ id: string }>(
    sql`select ${stripeEvents.id} as id from ${stripeEvents} where ${stripeEvents.id} in (select jsonb_array_elements_text(${ids}::jsonb))`,
  );
  const there = new Set(known.map(({ id }) => id));
  return listed.filter(({ id }) => !there.has(id));
}

/** Events that came and could not be applied. */
async function stuck(now: Date): Promise<Found[]> {
  const hourAgo = new Date(now.getTime() - 6 * MINUTES_10_MS).toISOString();
  const rows = await ask<{
    id: string;
    type: string;
    status: string;
    error: string | null;
    attempts: number;
  }>(sql`
    select e.id, e.type, e.status, e.error, e.attempts from ${stripeEvents} e
    where e.status = 'failed' or (e.status = 'received' and e.received_at < ${hourAgo}::timestamptz) order by e.received_at limit 500`);
  return rows.map(({ id, type, status, error }) => ({
    subject: `Event ${id} of Stripe (${type}) could not be applied`,
    key: `stuck:${id}`,
    detail: { event: id, type, status, error },
  }));
}

export const missingEvents: ReconcileCheck = {
  id: "R4",
  title: "Every event of Stripe arrived and was applied",
  meaning: "Stripe told us of something that never arrived here, or that could not be applied.",
  remedy:
    "What never arrived is queued by itself. Of what could not be applied, read the error, mend its cause, and send the event again from Stripe's dashboard.",
  async findAtStripe(stripe, now) {
    // What happened just now may be on its way.
    const missing = await missingOf(stripe, new Date(now.getTime() - MINUTES_10_MS));
    return [
      ...missing.map((event) => ({
        subject: `Event ${event.id} of Stripe (${event.type}) never arrived`,
        key: `missing:${event.id}`,
        detail: { event: event.id, type: event.type },
        fix: async () => {
          await storeEvent(event, event, event.account ? "connect" : "account");
          await dispatchEvent(event.id);
          return true;
        },
      })),
      ...(await stuck(now)),
    ];
  },
};
