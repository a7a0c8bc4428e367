/**
 * `post_credit` is how money and promises come in and go out beside usage, once for a key:
 * `grant` and `topup` make a lot of `p_source`; a top-up first pays what is owed and on no invoice, then what was taken back
 * after it was spent: by refunds of bought credit, and by banks. `refund` and `expiry`
 * take from the lot `facts.lotId`, which must have it. `dispute` of nothing freezes that lot, of less than nothing takes it
 * back, and what was spent of it is owed; `dispute_won` frees it. `invoice_payment` and `adjustment` change what is owed.
 * Facts: lotId, expiresAt, paidBy, partnerId, topupId, subscriptionId, invoiceId, creditNoteId, reason, by.
 */
export const CREDIT_FUNCTIONS = `
create or replace function app.post_credit(p_tenant uuid, p_kind text, p_source text, p_amount numeric, p_key text, p_facts jsonb, p_at timestamptz)
returns table (lot_id uuid, is_new boolean, balance numeric, available numeric) language plpgsql as $$
declare
  w public.wallets := app.lock_wallet(p_tenant, p_at);
  l public.credit_lots;
  repaid numeric := 0;
  taken numeric;
  before numeric;
begin
  select * into l from public.credit_lots c where c.tenant_id = p_tenant and c.key = p_key;
  if found or exists (select from public.credit_transactions t where t.tenant_id = p_tenant and t.key in (p_key, p_key || ':owed')) then
    return query select coalesce(l.id, (p_facts ->> 'lotId')::uuid), false, w.balance, app.available(w);
    return;
  end if;
  if p_facts ->> 'lotId' is not null then
    select * into l from public.credit_lots c where c.tenant_id = p_tenant and c.id = (p_facts ->> 'lotId')::uuid;
    if not found then raise exception 'there is no such credit' using errcode = 'HB404'; end if;
  end if;

  if p_kind in ('grant', 'topup') then
    if p_amount <= 0 then raise exception 'credit is more than nothing' using errcode = '23514'; end if;
    insert into public.credit_lots as c (id, tenant_id, source, amount, remaining, expires_at, paid_by, partner_id, topup_id, subscription_id, reason, granted_by, key, created_at)
    values (app.new_id(p_at), p_tenant, p_source, p_amount, p_amount, (p_facts ->> 'expiresAt')::timestamptz, coalesce(p_facts ->> 'paidBy', 'platform'),
      (p_facts ->> 'partnerId')::uuid, (p_facts ->> 'topupId')::uuid, (p_facts ->> 'subscriptionId')::uuid, p_facts ->> 'reason', (p_facts ->> 'by')::uuid, p_key, p_at)
    returning * into l;
    if p_kind = 'topup' then repaid := app.repay_owed(l, p_at); end if;
    w := app.note_credit(w, p_kind, 'receivable', null, repaid, p_key || ':owed', p_facts, p_at);
    if p_kind = 'topup' then
      before := w.balance;
      w := app.repay_taken(w, l, p_amount - repaid, p_facts, p_at);
      repaid := repaid + w.balance - before;
    end if;
    update public.credit_lots c set remaining = l.amount - repaid, closed_at = case when l.amount = repaid then p_at end
      where c.tenant_id = p_tenant and c.id = l.id and repaid > 0;
    w := app.note_credit(w, p_kind, p_source, l.id, p_amount - repaid, p_key, p_facts, p_at);
  elsif p_kind in ('refund', 'expiry') then
    update public.credit_lots c set remaining = c.remaining + p_amount, closed_at = case when c.remaining + p_amount = 0 then p_at end
      where c.tenant_id = p_tenant and c.id = l.id;
    if l.is_frozen then w.frozen := w.frozen + p_amount; end if;
    w := app.note_credit(w, p_kind, l.source, l.id, p_amount, p_key, p_facts, p_at);
  elsif p_kind = 'dispute' and p_amount = 0 then
    if not l.is_frozen then
      update public.credit_lots c set is_frozen = true where c.tenant_id = p_tenant and c.id = l.id;
      w.frozen := w.frozen + l.remaining;
    end if;
  elsif p_kind in ('dispute', 'dispute_won') then
    if l.is_frozen then
      update public.credit_lots c set is_frozen = false where c.tenant_id = p_tenant and c.id = l.id;
      w.frozen := w.frozen - l.remaining;
    end if;
    taken := case when p_kind = 'dispute' then least(-p_amount, l.remaining) else 0 end;
    update public.credit_lots c set remaining = l.remaining - taken, closed_at = case when l.remaining = taken then p_at end
      where c.tenant_id = p_tenant and c.id = l.id and taken > 0;
    w := app.note_credit(w, p_kind, l.source, l.id, -taken, p_key, p_facts, p_at);
    w := app.note_credit(w, p_kind, 'receivable', null, p_amount + taken, p_key || ':owed', p_facts, p_at);
  elsif p_kind in ('invoice_payment', 'adjustment') then
    w := app.note_credit(w, p_kind, 'receivable', null, p_amount, p_key, p_facts, p_at);
  else
    raise exception 'credit is not changed by %', p_kind using errcode = '23514';
  end if;
  perform app.save_wallet(w, p_at, true);
  return query select l.id, true, w.balance, app.available(w);
end $$;

create or replace function app.note_credit(w public.wallets, p_kind text, p_source text, p_lot uuid, p_amount numeric, p_key text, p_facts jsonb, p_at timestamptz)
returns public.wallets language plpgsql as $$
declare told timestamptz := app.moment(p_at);
begin
  if p_amount = 0 then return w; end if;
  if p_source = 'plan' then w.allowance := w.allowance + p_amount; else w.balance := w.balance + p_amount; end if;
  insert into public.credit_transactions (id, tenant_id, kind, source, lot_id, amount, balance_after, allowance_after, invoice_id, credit_note_id, reason, created_by, key, created_at)
  values (app.new_id(told), w.tenant_id, p_kind, p_source, p_lot, p_amount, w.balance, w.allowance, (p_facts ->> 'invoiceId')::uuid,
    (p_facts ->> 'creditNoteId')::uuid, p_facts ->> 'reason', (p_facts ->> 'by')::uuid, p_key, told);
  return w;
end $$;

-- What was taken back of money that had paid for usage is owed again: its transaction, what partners lost with it (the start
-- of the keys of their events), and how much. A refund that failed took nothing, and what was undone is owed no more.
create or replace function app.taken_back(p_tenant uuid) returns table (key text, event text, amount numeric) language sql stable as $$
  select t.key, d.event, -t.amount from (
    select 'dispute:' || x.id || ':lost' as key, 'dispute_lost:' || x.id as event from public.disputes x where x.tenant_id = p_tenant and x.status = 'lost'
    union all
    select 'refund:' || r.id || ':spent', 'refund:' || r.id from public.refunds r where r.tenant_id = p_tenant and r.status <> 'failed'
  ) d
  join public.credit_transactions t on t.tenant_id = p_tenant and t.key in (d.key, d.key || ':owed') and t.source = 'receivable' and t.amount < 0
  where not exists (select from public.credit_transactions u where u.tenant_id = p_tenant and u.key = t.key || ':undone')
  order by t.created_at, t.id
$$;

-- How much of it credit that was bought since has paid.
create or replace function app.paid_of_taken(p_tenant uuid, p_key text) returns numeric language sql stable as $$
  select coalesce(sum(t.amount), 0) from public.credit_lots c
  join public.credit_transactions t on t.tenant_id = c.tenant_id and t.key = p_key || ':paid:' || c.key
  where c.tenant_id = p_tenant and c.source = 'paid'
$$;

create or replace function app.repay_taken(w public.wallets, l public.credit_lots, p_most numeric, p_facts jsonb, p_at timestamptz)
returns public.wallets language plpgsql as $$
declare
  d record;
  part numeric;
begin
  for d in select * from app.taken_back(l.tenant_id) loop
    part := least(p_most, d.amount - app.paid_of_taken(l.tenant_id, d.key));
    -- A lot pays a debt once.
    continue when part <= 0 or exists (select from public.credit_transactions t where t.tenant_id = l.tenant_id and t.key = d.key || ':paid:' || l.key);
    w := app.note_credit(w, 'adjustment', 'receivable', null, part, d.key || ':paid:' || l.key,
      p_facts || '{"reason": "Bought credit pays what was taken back after it was spent"}'::jsonb, p_at);
    p_most := p_most - part;
  end loop;
  return w;
end $$;

-- Bought credit that is there again pays what was taken back after it was spent. Gives its key; nothing where there was no such debt.
create or replace function app.pay_taken(p_tenant uuid, p_lot uuid, p_most numeric, p_key text, p_facts jsonb, p_at timestamptz) returns text language plpgsql as $$
declare
  w public.wallets := app.lock_wallet(p_tenant, p_at);
  l public.credit_lots;
  before numeric := w.balance;
  paid numeric;
begin
  select * into l from public.credit_lots c where c.tenant_id = p_tenant and c.id = p_lot and c.source = 'paid' and not c.is_frozen;
  if not found or exists (select from public.credit_transactions t where t.tenant_id = p_tenant and t.key = p_key) then return null; end if;
  w := app.repay_taken(w, l, least(p_most, l.remaining), p_facts, p_at);
  paid := w.balance - before;
  if paid = 0 then return null; end if;
  w := app.note_credit(w, 'refund', l.source, l.id, -paid, p_key, p_facts, p_at);
  update public.credit_lots c set remaining = l.remaining - paid, closed_at = case when l.remaining = paid then p_at end
    where c.tenant_id = p_tenant and c.id = l.id;
  perform app.save_wallet(w, p_at, true);
  return l.key;
end $$;

-- The money of a debt was not taken back after all: it is owed no more, once. Bought credit that had paid it is there again, and
-- pays what else was taken back. Gives the keys of that credit.
create or replace function app.undo_taken(p_tenant uuid, p_key text, p_facts jsonb, p_at timestamptz) returns setof text language plpgsql as $$
declare
  w public.wallets := app.lock_wallet(p_tenant, p_at);
  p record;
  debt numeric;
begin
  select -t.amount into debt from public.credit_transactions t where t.tenant_id = p_tenant and t.key = p_key and t.source = 'receivable' and t.amount < 0;
  if debt is null or exists (select from public.credit_transactions t where t.tenant_id = p_tenant and t.key = p_key || ':undone') then return; end if;
  w := app.note_credit(w, 'adjustment', 'receivable', null, debt, p_key || ':undone', p_facts, p_at);
  perform app.save_wallet(w, p_at, false);
  for p in
    select c.id, c.key, c.source, c.is_frozen, t.amount from public.credit_lots c
    join public.credit_transactions t on t.tenant_id = c.tenant_id and t.key = p_key || ':paid:' || c.key
    where c.tenant_id = p_tenant and c.source = 'paid' order by c.id
  loop
    w := app.lock_wallet(p_tenant, p_at);
    w := app.note_credit(w, 'adjustment', 'receivable', null, -p.amount, p_key || ':undone:paid:' || p.key, p_facts, p_at);
    w := app.note_credit(w, 'refund', p.source, p.id, p.amount, p_key || ':back:' || p.key, p_facts, p_at);
    update public.credit_lots c set remaining = c.remaining + p.amount, closed_at = null where c.tenant_id = p_tenant and c.id = p.id;
    if p.is_frozen then w.frozen := w.frozen + p.amount; end if;
    perform app.save_wallet(w, p_at, true);
    perform app.pay_taken(p_tenant, p.id, p.amount, p_key || ':paying:' || p.key, p_facts, p_at);
    return next p.key;
  end loop;
end $$;

-- Usage that is owed and on no invoice becomes usage that this lot paid for, oldest first: what was taken back of it is owed
-- by nobody. Gives how much that was.
create or replace function app.repay_owed(l public.credit_lots, p_at timestamptz) returns numeric language plpgsql as $$
declare repaid numeric;
begin
  with owed as (
    select coalesce(e.reverses_id, e.id) as entry, (array_agg(f.partner_id))[1] as partner, sum(f.amount) as amount, sum(f.commission_share) as share
    from public.ledger_funding f
    join public.ledger_entries e on e.tenant_id = f.tenant_id and e.id = f.ledger_entry_id
    where f.tenant_id = l.tenant_id and f.source = 'receivable'
      and not exists (select from public.invoice_entry_links k where k.ledger_entry_id = f.ledger_entry_id)
    group by 1 having sum(f.amount) > 0
  ), ordered as (
    select *, sum(amount) over (order by entry) - amount as before from owed
  ), parts as (
    select entry, partner, least(amount, l.amount - before) as part,
      round(share * least(amount, l.amount - before) / amount, 6) as part_share
    from ordered where before < l.amount
  ), written as (
    insert into public.ledger_funding (id, tenant_id, partner_id, ledger_entry_id, source, lot_id, amount, commission_share, payable, created_at)
    select app.new_id(p_at), l.tenant_id, partner, entry, 'receivable', null, -part, -part_share, 0, p_at from parts
    union all
    select app.new_id(p_at), l.tenant_id, partner, entry, l.source, l.id, part, part_share, app.payable_of(l, part, part_share), p_at from parts
    returning amount
  )
  select coalesce(sum(amount) filter (where amount > 0), 0) into repaid from written;
  return repaid;
end $$;
`;
