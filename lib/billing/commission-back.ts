import { and, eq, ne, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { creditNotes } from "@/db/schema/invoices";
import { commissionEvents } from "@/db/schema/partner-money";
import { disputes, payments, refunds, topups } from "@/db/schema/payments";
import { creditLots, creditTransactions, ledgerFunding } from "@/db/schema/wallets";
import { divideRounded, least, type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";

type Event = typeof commissionEvents.$inferSelect;

type Lot = { readonly id: string; readonly key: string };

const ofTenant = (tenantId: string) => eq(commissionEvents.tenantId, tenantId);
const sum = (events: readonly Event[]): Micros =>
  events.reduce((total, { amount }) => total + microsFromNumeric(amount), 0n);

/** What partners got back of a loss, as credit that was bought since paid the debt. */
async function restoredOf(tx: Tx, { tenantId, key }: Event): Promise<Event[]> {
  if (!tenantId) return [];
  return tx
    .select()
    .from(commissionEvents)
    .where(and(ofTenant(tenantId), sql`starts_with(${commissionEvents.key}, ${`${key}:paid:`})`));
}

/** What partners lost under `key`, and was not undone as a whole. */
async function lostUnder(tx: Tx, tenantId: string, key: string): Promise<Event[]> {
  return tx
    .select()
    .from(commissionEvents)
    .where(
      and(
        ofTenant(tenantId),
        sql`starts_with(${commissionEvents.key}, ${`${key}:`})`,
        ne(commissionEvents.kind, "debt_paid"),
        sql`${commissionEvents.amount} < 0`,
      ),
    );
}

/** Names the credit that a payment `p` of an invoice became: what was over, and what credit notes gave, also for a refund that failed. */
export const creditOfPayment = sql`(
  select 'overpaid:' || p.id union all
  select 'credit_note:' || n.id from ${creditNotes} n where n.tenant_id = p.tenant_id and n.invoice_id = p.invoice_id union all
  select 'refund:' || r.id || ':as_credit' from ${refunds} r where r.tenant_id = p.tenant_id and r.payment_id = p.id)`;

const isOfNote = ({ key }: Lot) => key.startsWith("credit_note:") || key.endsWith(":as_credit");

/**
 * What was taken back so far of what a partner earned with a lot, as less than nothing: by refunds of its payment, and by
 * banks. Where an invoice's payment became credit, that is what was noted of this part.
 */
const lostOfLot = (tenantId: string, lot: Lot, partnerId: SQL) => sql`(
  select coalesce(sum(e.amount), 0) from ${commissionEvents} e
  where e.tenant_id = ${tenantId}::uuid and e.partner_id = ${partnerId} and e.kind in ('topup_refunded', 'dispute_lost')
    and ${isOfNote(lot) ? lostByNote(lot) : lostByPayment(tenantId, lot)})`;

const lostByNote = (lot: Lot) =>
  sql`split_part(e.key, ':', 3) = 'credit' and split_part(e.key, ':', 4) = ${lot.id}`;

const lostByPayment = (
  tenantId: string,
  lot: Lot,
) => sql`(split_part(e.key, ':', 3) = 'over') = starts_with(${lot.key}, 'overpaid:')
    and split_part(e.key, ':', 2) in (
      select x.id::text from (
        select id, tenant_id, payment_id from ${refunds} union all select id, tenant_id, payment_id from ${disputes}
      ) x
      join ${payments} p on p.tenant_id = x.tenant_id and p.id = x.payment_id
      left join ${topups} t on t.tenant_id = p.tenant_id and t.id = p.topup_id
      where x.tenant_id = ${tenantId}::uuid and (t.lot_id = ${lot.id}::uuid or 'overpaid:' || p.id = ${lot.key}))`;

/** Which part of a payment an event is about, by its key: credit that an invoice's payment had become, each by itself. */
const partOf = (key: SQL) =>
  sql`case split_part(${key}, ':', 3) when 'over' then 'over' when 'credit' then split_part(${key}, ':', 4) else '' end`;

/** The money that went back, and the credit, that an event `e` is about. */
const isOfEvent = sql`b.id::text = split_part(e.key, ':', 2) and b.part = ${partOf(sql`e.key`)}`;

/** Money of a payment that went back, by refunds and by banks, with the credit that it had bought or become. */
const backOfLots = (tenantId: string) => sql`(
  select x.id, coalesce(t.lot_id, o.id) as lot_id,
    case when o.id is null then '' when starts_with(o.key, 'overpaid:') then 'over' else o.id::text end as part from (
    select id, tenant_id, payment_id from ${refunds} union all select id, tenant_id, payment_id from ${disputes}
  ) x
  join ${payments} p on p.tenant_id = x.tenant_id and p.id = x.payment_id
  left join ${topups} t on t.tenant_id = p.tenant_id and t.id = p.topup_id
  left join ${creditLots} o on o.tenant_id = p.tenant_id and o.key in ${creditOfPayment}
  where x.tenant_id = ${tenantId}::uuid)`;

/**
 * What a partner still has of what the debt's payment \`e\` gave back to it: the commission of the invoice or the credit that
 * the debt came of, after all that was lost, given back and corrected.
 */
const keptOfOrigin = (tenantId: string) => sql`case when e.invoice_id is not null then (
    select sum(i.amount) from ${commissionEvents} i
    where i.tenant_id = e.tenant_id and i.partner_id = e.partner_id and i.invoice_id = e.invoice_id
  ) else (
    select coalesce(sum(f.payable), 0) from ${ledgerFunding} f
    where f.tenant_id = e.tenant_id and f.partner_id = e.partner_id and f.lot_id in (
      select b.lot_id from ${backOfLots(tenantId)} b where ${isOfEvent})
  ) + (
    -- Of what that credit paid, too, which debts of before may have been.
    select coalesce(sum(c.amount), 0) from ${commissionEvents} c
    where c.tenant_id = e.tenant_id and c.partner_id = e.partner_id and c.kind = 'debt_paid' and exists (
      select from ${backOfLots(tenantId)} b join ${creditLots} q on q.tenant_id = e.tenant_id and q.id = b.lot_id
      where ${isOfEvent} and right(c.key, length(q.key) + 6) = ':paid:' || q.key)
  ) + (
    select coalesce(sum(c.amount), 0) from ${commissionEvents} c
    where c.tenant_id = e.tenant_id and c.partner_id = e.partner_id and c.invoice_id is null
      and c.kind in ('topup_refunded', 'dispute_lost', 'debt_paid') and ${partOf(sql`c.key`)} = ${partOf(sql`e.key`)}
      and split_part(c.key, ':', 2) in (
        select other.id::text from ${backOfLots(tenantId)} other join ${backOfLots(tenantId)} b on b.lot_id = other.lot_id
        where ${isOfEvent})
  ) end`;

/**
 * Money that had bought credit went back after `amount` of the credit was spent: what partners earned with what this credit
 * paid for (usage, and debts of before) is taken back in proportion, and no more than all of it. Once for a key.
 */
export async function loseLotCommission(
  tx: Tx,
  lost: {
    tenantId: string;
    lotId: string;
    amount: Micros;
    kind: "topup_refunded" | "dispute_lost";
    key: string;
    disputeId?: string;
    at: Date;
  },
): Promise<void> {
  if (lost.amount <= 0n) return;
  const { tenantId, lotId } = lost;
  const [lot] = await tx
    .select({ id: creditLots.id, key: creditLots.key })
    .from(creditLots)
    .where(and(eq(creditLots.tenantId, tenantId), eq(creditLots.id, lotId)));
  if (!lot) return;
  const paidDebt = sql`right(key, ${`:paid:${lot.key}`.length}::int) = ${`:paid:${lot.key}`}`;
  const { rows } = await tx.execute<{ partner_id: string; payable: string; lost: string; spent: string }>(sql`
    select s.partner_id, sum(s.payable)::numeric(18,6) as payable,
      ${lostOfLot(tenantId, lot, sql`s.partner_id`)}::numeric(18,6) as lost, (
      select coalesce(sum(f.amount), 0) + (select coalesce(sum(t.amount), 0) from ${creditTransactions} t
        where t.tenant_id = ${tenantId}::uuid and t.source = 'receivable' and t.kind = 'adjustment' and ${paidDebt})
      from ${ledgerFunding} f where f.tenant_id = ${tenantId}::uuid and f.lot_id = ${lotId}::uuid
    )::numeric(18,6) as spent
    from (
      select f.partner_id, f.payable from ${ledgerFunding} f
      where f.tenant_id = ${tenantId}::uuid and f.lot_id = ${lotId}::uuid and f.partner_id is not null
      union all
      select e.partner_id, least(e.amount, greatest(${keptOfOrigin(tenantId)}, 0)) from ${commissionEvents} e
      where e.tenant_id = ${tenantId}::uuid and e.kind = 'debt_paid' and ${paidDebt}
    ) s
    group by s.partner_id having sum(s.payable) > 0 order by s.partner_id`);
  const events = rows.flatMap((row) => {
    const [payable, spent] = [microsFromNumeric(row.payable), microsFromNumeric(row.spent)];
    const part = lost.amount >= spent ? payable : divideRounded(payable * lost.amount, spent);
    const left = payable + microsFromNumeric(row.lost);
    const amount = least(part, left);
    if (amount <= 0n) return [];
    return {
      partnerId: row.partner_id,
      tenantId,
      kind: lost.kind,
      amount: microsToNumeric(-amount),
      disputeId: lost.disputeId ?? null,
      earnedAt: lost.at,
      key: `${lost.key}:${row.partner_id}`,
    };
  });
  if (events.length > 0) await tx.insert(commissionEvents).values(events).onConflictDoNothing();
}

/**
 * What was taken back under `key` was not: a refund failed. What the debt's payment had given back of it goes in exchange:
 * the credit that paid it is there again, and earns with what it pays for.
 */
export async function restoreCommission(tx: Tx, tenantId: string, key: string, at: Date): Promise<void> {
  for (const lost of await lostUnder(tx, tenantId, key)) {
    for (const { id: _id, createdAt: _at, ...event } of [lost, ...(await restoredOf(tx, lost))])
      await tx
        .insert(commissionEvents)
        .values({
          ...event,
          amount: microsToNumeric(-microsFromNumeric(event.amount)),
          earnedAt: at,
          key: `${lost.key}:undone${event.key.slice(lost.key.length)}`,
        })
        .onConflictDoNothing();
  }
}

/**
 * Credit that was just bought, or is there again, has paid debts for what was taken back: partners get back what they had lost with them, in
 * proportion, rounded on the running sum, so that a debt that is paid in full gives back all of it. Once for a lot.
 */
export async function restoreForPaidDebts(
  tx: Tx,
  { tenantId, lotKey, at }: { tenantId: string; lotKey: string; at: Date },
): Promise<void> {
  const { rows } = await tx.execute<{ event: string; debt: string; paid: string }>(sql`
    select d.event, d.amount::numeric(18,6) as debt, app.paid_of_taken(${tenantId}::uuid, d.key)::numeric(18,6) as paid
    from app.taken_back(${tenantId}::uuid) d
    join ${creditTransactions} t on t.tenant_id = ${tenantId}::uuid and t.key = d.key || ':paid:' || ${lotKey}::text`);
  for (const row of rows) {
    const [debt, paid] = [microsFromNumeric(row.debt), microsFromNumeric(row.paid)];
    for (const lost of await lostUnder(tx, tenantId, row.event)) {
      // What went with an invoice is on its credit note: what is owed is what went back beyond that.
      if (lost.kind === "invoice_refunded") continue;
      const soFar = sum(await restoredOf(tx, lost));
      const amount = divideRounded(-microsFromNumeric(lost.amount) * paid, debt) - soFar;
      if (amount === 0n) continue;
      const { id: _id, createdAt: _at, kind: _kind, ...event } = lost;
      await tx
        .insert(commissionEvents)
        .values({
          ...event,
          kind: "debt_paid",
          amount: microsToNumeric(amount),
          earnedAt: at,
          key: `${lost.key}:paid:${lotKey}`,
        })
        .onConflictDoNothing();
    }
  }
}
