import { sql } from "drizzle-orm";
import type Stripe from "stripe";
import { payments, refunds } from "@/db/schema/payments";
import { ask, daysBefore, type Found, type ReconcileCheck, stripeTime } from "../check";

/** So far back sums are compared: a payment that Stripe lost, or took long ago, is told of for a month. */
const SUMS_BACK_DAYS = 31;
/** So long after Stripe moved money it may be booked: its events were not heard, or a bank took its time. */
const BOOKED_WITHIN_DAYS = 7;
/** What happened just now may be on its way to us. */
const GRACE_SECONDS = 600;

type Range = { gte: number; lte: number };
type Moved = { cents: bigint; day: string };
type Side = ReadonlyMap<string, Moved>;
type Sums = { stripe: bigint; ours: bigint; differing: string[] };

const dayOf = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);

/** What Stripe took, by payment intent. */
async function taken(stripe: Stripe, created: Range): Promise<Side> {
  const found = new Map<string, Moved>();
  for await (const charge of stripe.charges.list({ created, limit: 100 })) {
    if (charge.status !== "succeeded" || typeof charge.payment_intent !== "string") continue;
    found.set(charge.payment_intent, { cents: BigInt(charge.amount_captured), day: dayOf(charge.created) });
  }
  return found;
}

/** What Stripe gave back, by refund. */
async function givenBack(stripe: Stripe, created: Range): Promise<Side> {
  const found = new Map<string, Moved>();
  for await (const refund of stripe.refunds.list({ created, limit: 100 })) {
    if (refund.status !== "succeeded") continue;
    found.set(refund.id, { cents: BigInt(refund.amount), day: dayOf(refund.created) });
  }
  return found;
}

type Booked = { id: string; cents: string; day: string };

const asSide = (rows: readonly Booked[]): Side =>
  new Map(rows.map(({ id, cents, day }) => [id, { cents: BigInt(cents), day }]));

/** What was booked of these, and what else was booked between the two times. */
async function bookedPayments(ids: readonly string[], from: Date, until: Date): Promise<Side> {
  const known = JSON.stringify(ids);
  return asSide(
    await ask<Booked>(sql`
      select p.stripe_payment_intent_id as id, p.amount_cents::text as cents, to_char(p.settled_at at time zone 'UTC', 'YYYY-MM-DD') as day
      from ${payments} p
      where p.status = 'succeeded' and p.method in ('card', 'stripe_invoice') and p.stripe_payment_intent_id is not null
        and (p.stripe_payment_intent_id in (select jsonb_array_elements_text(${known}::jsonb))
          or (p.settled_at >= ${from.toISOString()}::timestamptz and p.settled_at < ${until.toISOString()}::timestamptz))`),
  );
}

async function bookedRefunds(ids: readonly string[], from: Date, until: Date): Promise<Side> {
  const known = JSON.stringify(ids);
  return asSide(
    await ask<Booked>(sql`
      select r.stripe_refund_id as id, r.amount_cents::text as cents, to_char(r.updated_at at time zone 'UTC', 'YYYY-MM-DD') as day
      from ${refunds} r
      where r.status = 'succeeded' and r.stripe_refund_id is not null
        and (r.stripe_refund_id in (select jsonb_array_elements_text(${known}::jsonb))
          or (r.created_at >= ${from.toISOString()}::timestamptz and r.updated_at < ${until.toISOString()}::timestamptz))`),
  );
}

/** The days on which one side has something that the other has not, or has otherwise. */
function compare(stripe: Side, ours: Side): [string, Sums][] {
  const days = new Map<string, Sums>();
  for (const id of new Set([...stripe.keys(), ...ours.keys()])) {
    const [there, here] = [stripe.get(id), ours.get(id)];
    const day = there?.day ?? here?.day ?? "";
    const sums = days.get(day) ?? { stripe: 0n, ours: 0n, differing: [] };
    days.set(day, sums);
    sums.stripe += there?.cents ?? 0n;
    sums.ours += here?.cents ?? 0n;
    if (there?.cents !== here?.cents) sums.differing.push(id);
  }
  return [...days].filter(([, { differing }]) => differing.length > 0);
}

const toFound =
  (key: string, did: string) =>
  ([day, { stripe, ours, differing }]: [string, Sums]): Found => ({
    subject: `On ${day} Stripe ${did} ${stripe} cents, and ${ours} were booked`,
    key: `${key}${day}`,
    detail: {
      day,
      stripe: stripe.toString(),
      booked: ours.toString(),
      differing: differing.slice(0, 20),
    },
  });

export const paidSums: ReconcileCheck = {
  id: "R6",
  title: "What Stripe took and gave back in a day is what was booked",
  meaning:
    "The card payments or the refunds of a day add up to another sum at Stripe than in our books: one is missing on either side, or has another amount.",
  remedy:
    "Compare what is listed below with Stripe's dashboard. What is missing here is applied by sending its event again; what Stripe does not have was never paid, or not to this account.",
  async findAtStripe(stripe, now) {
    const until = stripeTime(now) - GRACE_SECONDS;
    // What was booked on the first of the days happened at Stripe before them.
    const created = { gte: stripeTime(daysBefore(now, SUMS_BACK_DAYS + BOOKED_WITHIN_DAYS)), lte: until };
    const from = daysBefore(now, SUMS_BACK_DAYS);
    const [took, gave] = [await taken(stripe, created), await givenBack(stripe, created)];
    const end = new Date(until * 1000);
    return [
      ...compare(took, await bookedPayments([...took.keys()], from, end)).map(toFound("", "took")),
      ...compare(gave, await bookedRefunds([...gave.keys()], from, end)).map(
        toFound("refunds:", "gave back"),
      ),
    ];
  },
};
