/** A live payout is the sum of its items; each item is what was earned; a cancelled one holds nothing. */
const ITEMS = `
  select 'payout ' || coalesce(p.number, p.id::text) || ' of ' || p.gross || ' has items of ' || coalesce(s.amount, 0) as subject
  from partner_payouts p
  left join (select payout_id, sum(amount) as amount from payout_items group by 1) s on s.payout_id = p.id
  where coalesce(s.amount, 0) <> case when p.status = 'cancelled' then 0 else p.gross end
  union all
  select 'payout ' || i.payout_id || ': an item of ' || i.amount || ' for what earned ' || coalesce(f.payable, e.amount, 0)
  from payout_items i
  left join ledger_funding f on f.id = i.funding_id
  left join commission_events e on e.id = i.commission_event_id
  where i.amount is distinct from coalesce(f.payable, e.amount)
    or i.partner_id is distinct from coalesce(f.partner_id, e.partner_id)`;

/**
 * What the items of all payouts come to is paid, but for what the last one carries: fractions of a cent, and what is kept
 * for credit that the partner promised. One that is cancelled takes along what it had added to that, or taken of it.
 */
const CARRIED = `
  select 'partner ' || partner_id || ' was paid ' || paid || ' for earnings of ' || gross || ', and ' || carried || ' is carried'
  from (
    select partner_id, coalesce(sum(gross) filter (where status <> 'cancelled'), 0) as gross,
      coalesce(sum(amount_cents * 0.01) filter (where status <> 'cancelled'), 0) as paid,
      coalesce((array_agg(carry_out order by created_at desc, id desc) filter (where status <> 'cancelled'))[1], 0) as carried,
      coalesce(sum(greatest(carry_out - carry_in, 0)) filter (where status = 'cancelled'), 0) as added,
      coalesce(sum(greatest(carry_in - carry_out, 0)) filter (where status = 'cancelled'), 0) as taken
    from partner_payouts group by 1
  ) p where gross - paid - carried not between -added and taken`;

/** What came back of transfers is owed again, once. */
const REVERSED = `
  select 'payout ' || p.number || ': ' || p.reversed_cents * 0.01 || ' came back, and ' || coalesce(s.amount, 0) || ' is owed again'
  from partner_payouts p
  left join (
    select split_part(key, ':', 2) as payout_id, sum(amount) as amount from commission_events
    where kind = 'transfer_reversed' group by 1
  ) s on s.payout_id = p.id::text
  where p.reversed_cents * 0.01 <> coalesce(s.amount, 0)`;

/** Where a partner's unpaid earnings are said to begin, all before it is in payouts. */
const PASSED_OVER = `
  select 'partner ' || a.partner_id || ': ' || f.payable || ' of ' || f.id || ' is before what is looked at to pay' as subject
  from partner_accounts a
  join ledger_funding f on f.partner_id = a.partner_id and f.payable <> 0 and f.id < a.unpaid_from
  where not exists (select from payout_items i where i.funding_id = f.id)`;

/** What must hold of payouts to partners, in parts. */
export const PAYOUT_RULES = [ITEMS, CARRIED, REVERSED, PASSED_OVER] as const;
