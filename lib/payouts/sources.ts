import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { commissionEvents, partnerAccounts, partnerPayouts, payoutItems } from "@/db/schema/partner-money";
import { disputes, payments, topups } from "@/db/schema/payments";
import { creditLots, ledgerFunding } from "@/db/schema/wallets";
import { creditOfPayment } from "@/lib/billing/commission-back";
import { type Micros, microsFromNumeric } from "@/lib/money";

/** A dispute in which money is at stake. */
const DISPUTED = sql`d.closed_at is null and d.status not like 'warning%' and d.status <> 'prevented'`;

/** Credit that was bought with money which a bank has, or that such a payment of an invoice became. */
const DISPUTED_LOTS = sql`(
  select l.id, l.key from ${disputes} d join ${payments} p on p.tenant_id = d.tenant_id and p.id = d.payment_id
  join ${topups} t on t.tenant_id = p.tenant_id and t.id = p.topup_id
  join ${creditLots} l on l.tenant_id = t.tenant_id and l.id = t.lot_id
  where ${DISPUTED}
  union all
  select l.id, l.key from ${disputes} d join ${payments} p on p.tenant_id = d.tenant_id and p.id = d.payment_id
  join ${creditLots} l on l.tenant_id = p.tenant_id and l.key in ${creditOfPayment}
  where p.invoice_id is not null and ${DISPUTED}
)`;

const NIL = "00000000-0000-0000-0000-000000000000";

/** From where on earnings of usage may be in no payout. Ids grow with time: what is before it need not be read. */
const unpaidFrom = (partnerId: string): SQL => sql`coalesce((select a.unpaid_from from ${partnerAccounts} a
  where a.partner_id = ${partnerId}::uuid), ${NIL}::uuid)`;

/** Usage that earned or cost a partner something and is in no payout. */
const unpaidUsageOf = (partnerId: string): SQL => sql`f.partner_id = ${partnerId}::uuid and f.payable <> 0
    and f.id >= ${unpaidFrom(partnerId)} and not exists (select from ${payoutItems} i where i.funding_id = f.id)`;

/**
 * Earnings of a partner that are in no payout: usage that bought credit paid for (less than nothing for what the partner
 * gave away), and events. `is_disputed` while a bank decides about the money behind.
 */
const unpaidOf = (partnerId: string): SQL => sql`(
  select f.id as funding_id, null::uuid as event_id, f.tenant_id, 'usage' as kind, f.payable as amount, f.created_at as earned_at,
    f.lot_id in (select q.id from ${DISPUTED_LOTS} q) as is_disputed
  from ${ledgerFunding} f
  where ${unpaidUsageOf(partnerId)}
  union all
  select null, e.id, e.tenant_id, e.kind, e.amount, e.earned_at,
    coalesce(e.invoice_id in (select p.invoice_id from ${disputes} d
      join ${payments} p on p.tenant_id = d.tenant_id and p.id = d.payment_id
      where p.invoice_id is not null and ${DISPUTED}), false)
      or (e.kind = 'debt_paid' and split_part(e.key, ':paid:', -1) in (select q.key from ${DISPUTED_LOTS} q))
  from ${commissionEvents} e
  where e.partner_id = ${partnerId}::uuid and e.amount <> 0
    and not exists (select from ${payoutItems} i where i.commission_event_id = e.id)
)`;

/**
 * Whether an earning may be paid: it is old enough and undisputed. What is taken back counts at once, and so does what
 * came back of an earlier payout or was agreed on.
 */
const isPayable = (until: Date): SQL => sql`(s.amount < 0 or s.kind in ('transfer_reversed', 'adjustment')
  or (s.earned_at < ${until.toISOString()}::timestamptz and not s.is_disputed))`;

export type Unpaid = { payable: Micros; waiting: Micros };

/** The statement of `sumUnpaid`. */
export const unpaidSums = (partnerId: string, until: Date): SQL => sql`
  select coalesce(sum(amount) filter (where ${isPayable(until)}), 0)::numeric(18,6) as payable,
    coalesce(sum(amount) filter (where not ${isPayable(until)}), 0)::numeric(18,6) as waiting
  from ${unpaidOf(partnerId)} s`;

/** What a partner has earned and is in no payout: what may be paid, and what waits for its time or a dispute. */
export async function sumUnpaid(tx: Tx, partnerId: string, until: Date): Promise<Unpaid> {
  const { rows } = await tx.execute<{ payable: string; waiting: string }>(unpaidSums(partnerId, until));
  return {
    payable: microsFromNumeric(rows[0]?.payable ?? "0"),
    waiting: microsFromNumeric(rows[0]?.waiting ?? "0"),
  };
}

/** Puts all that may be paid into a payout, and gives its exact sum. */
export async function pinPayable(
  tx: Tx,
  payout: { id: string; partnerId: string; until: Date; at: SQL<Date> },
): Promise<Micros> {
  const { rows } = await tx.execute<{ gross: string }>(sql`
    with pinned as (
      insert into ${payoutItems} (id, payout_id, partner_id, funding_id, commission_event_id, amount, created_at)
      select app.new_id(${payout.at}), ${payout.id}::uuid, ${payout.partnerId}::uuid, s.funding_id, s.event_id, s.amount, ${payout.at}
      from ${unpaidOf(payout.partnerId)} s where ${isPayable(payout.until)}
      returning amount
    ) select coalesce(sum(amount), 0)::numeric(18,6) as gross from pinned`);
  await noteUnpaidFrom(tx, payout.partnerId, payout.until);
  return microsFromNumeric(rows[0]?.gross ?? "0");
}

/**
 * Notes where the oldest earning is that is in no payout: one in dispute, or what was earned since. Of the time after
 * `until` nothing is said, since what is being written now is not seen yet.
 */
async function noteUnpaidFrom(tx: Tx, partnerId: string, until: Date): Promise<void> {
  const millis = until.getTime().toString(16).padStart(12, "0");
  await tx.execute(sql`
    insert into ${partnerAccounts} as account (partner_id, unpaid_from) values (${partnerId}::uuid, least(
      (select f.id from ${ledgerFunding} f where ${unpaidUsageOf(partnerId)} order by f.id limit 1),
      ${millis.padEnd(32, "0")}::uuid))
    on conflict (partner_id) do update set unpaid_from = excluded.unpaid_from`);
}

/** Lets go of all that a payout was made of. The caller holds the promises of the partner. */
export async function unpin(tx: Tx, payout: { id: string; partnerId: string }): Promise<void> {
  await tx.execute(sql`
    update ${partnerAccounts} a set unpaid_from = least(a.unpaid_from, (select i.funding_id from ${payoutItems} i
      where i.partner_id = a.partner_id and i.payout_id = ${payout.id}::uuid and i.funding_id is not null
      order by i.funding_id limit 1))
    where a.partner_id = ${payout.partnerId}::uuid and a.unpaid_from is not null`);
  await tx
    .delete(payoutItems)
    .where(and(eq(payoutItems.partnerId, payout.partnerId), eq(payoutItems.payoutId, payout.id)));
}

/** What payouts so far have left over: fractions of a cent, and what was kept for credit that the partner promised. */
export async function carriedOver(tx: Tx, partnerId: string): Promise<Micros> {
  const { rows } = await tx.execute<{ carry: string }>(sql`
    select coalesce(sum(p.gross - p.amount_cents * 0.01), 0)::numeric(18,6) as carry from ${partnerPayouts} p
    where p.partner_id = ${partnerId}::uuid and p.status <> 'cancelled'`);
  return microsFromNumeric(rows[0]?.carry ?? "0");
}
