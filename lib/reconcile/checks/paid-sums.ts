import { sql } from "drizzle-orm";
import { payments } from "@/db/schema/payments";
import { ask, daysBefore, LOOK_BACK_DAYS, type ReconcileCheck, stripeTime } from "../check";

const dayOf = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);

type Day = { stripe: bigint; ours: bigint; intents: string[] };

export const paidSums: ReconcileCheck = {
  id: "R6",
  title: "What Stripe took in a day is what was booked",
  meaning: "The card payments of a day add up to another sum at Stripe than in our books.",
  remedy:
    "Compare the payments listed below with Stripe's dashboard. One that is missing here is applied by sending its event again.",
  async findAtStripe(stripe, now) {
    const created = { gte: stripeTime(daysBefore(now, LOOK_BACK_DAYS)), lte: stripeTime(now) - 600 };
    const days = new Map<string, Day>();
    const byIntent = new Map<string, { day: string; cents: bigint }>();
    for await (const intent of stripe.paymentIntents.list({ created, limit: 100 })) {
      if (intent.status !== "succeeded") continue;
      byIntent.set(intent.id, { day: dayOf(intent.created), cents: BigInt(intent.amount_received) });
    }
    const ids = JSON.stringify([...byIntent.keys()]);
    const rows = await ask<{ intent: string; cents: string }>(sql`
      select p.stripe_payment_intent_id as intent, p.amount_cents::text as cents from ${payments} p
      where p.status = 'succeeded' and p.stripe_payment_intent_id in (select jsonb_array_elements_text(${ids}::jsonb))`);
    const booked = new Map(rows.map(({ intent, cents }) => [intent, BigInt(cents)]));
    for (const [intent, { day, cents }] of byIntent) {
      const ours = booked.get(intent) ?? 0n;
      const sums = days.get(day) ?? { stripe: 0n, ours: 0n, intents: [] };
      days.set(day, sums);
      sums.stripe += cents;
      sums.ours += ours;
      if (ours !== cents) sums.intents.push(intent);
    }
    return [...days]
      .filter(([, { intents }]) => intents.length > 0)
      .map(([day, sums]) => ({
        subject: `On ${day} Stripe took ${sums.stripe} cents, and ${sums.ours} were booked`,
        key: day,
        detail: {
          day,
          stripe: sums.stripe.toString(),
          booked: sums.ours.toString(),
          differing: sums.intents.slice(0, 20),
        },
      }));
  },
};
