import { sql } from "drizzle-orm";
import { partnerPayouts } from "@/db/schema/partner-money";
import { ask, daysBefore, type Found, type ReconcileCheck, stripeTime } from "../check";

type Payout = { id: string; number: string | null; transfer: string; cents: string; status: string };

const DAYS = 40;

export const transfers: ReconcileCheck = {
  id: "R8",
  title: "Payouts to partners are the transfers at Stripe",
  meaning: "Money went to a partner that no payout stands for, or a payout says it was sent and nothing was.",
  remedy: "Open the transfer in Stripe's dashboard and the payout here, and reverse whichever is wrong.",
  async findAtStripe(stripe, now) {
    const from = daysBefore(now, DAYS);
    const created = { gte: stripeTime(from), lte: stripeTime(now) - 600 };
    const listed = new Map<string, { cents: bigint; reversed: bigint }>();
    for await (const transfer of stripe.transfers.list({ created, limit: 100 }))
      listed.set(transfer.id, { cents: BigInt(transfer.amount), reversed: BigInt(transfer.amount_reversed) });
    const ids = JSON.stringify([...listed.keys()]);
    const payouts = await ask<Payout>(sql`
      select p.id, p.number, p.stripe_transfer_id as transfer, p.amount_cents::text as cents, p.status from ${partnerPayouts} p
      where p.stripe_transfer_id is not null and (p.sent_at >= ${from.toISOString()}::timestamptz
        or p.stripe_transfer_id in (select jsonb_array_elements_text(${ids}::jsonb)))`);
    const found: Found[] = [];
    for (const payout of payouts) {
      const transfer = listed.get(payout.transfer);
      listed.delete(payout.transfer);
      const name = payout.number ?? payout.id;
      const detail = { payout: name, transfer: payout.transfer, cents: payout.cents, status: payout.status };
      if (!transfer)
        found.push({
          subject: `Payout ${name} was sent, and Stripe has no such transfer`,
          key: payout.id,
          detail,
        });
      else if (transfer.cents !== BigInt(payout.cents))
        found.push({
          subject: `Payout ${name} is of ${payout.cents} cents, its transfer of ${transfer.cents}`,
          key: payout.id,
          detail: { ...detail, "at Stripe": transfer.cents.toString() },
        });
      else if (transfer.reversed === transfer.cents && payout.status !== "reversed")
        found.push({
          subject: `The transfer of payout ${name} was reversed at Stripe`,
          key: payout.id,
          detail,
        });
    }
    for (const [transfer, { cents }] of listed)
      found.push({
        subject: `Transfer ${transfer} of ${cents} cents belongs to no payout`,
        key: transfer,
        detail: { transfer, cents: cents.toString() },
      });
    return found;
  },
};
