/**
 * `spend` is everything a transaction does to a wallet, in one call: settlements first, then holds, and the wallet's row is
 * written once. It pays for the ledger rows `p_entries` and ends the holds `p_keys`, each named once: `p_entry_keys` says
 * under which of them a row was expected, counted from 1, or 0 for none, and `p_endings` what becomes of a hold other than
 * that it is settled or released. Rows that are funded already, and holds that have ended, move nothing, so that a second
 * settler changes nothing. What was used is always taken, past zero too, unless `p_is_guarded`: then rows under no hold must
 * fit beside all the rest, as nothing was set aside for them. `alerts` says how many alerts of caps are new.
 *
 * Burned in the order plan, promotion, money; within one the earliest expiry first, then the oldest. What no lot covers is
 * owed. A row of less than nothing gives back to what funds the row it corrects, after earlier corrections, last burned first.
 */
export const SPEND_FUNCTION = `
create or replace function app.spend(p_tenant uuid, p_entries uuid[], p_entry_keys integer[], p_keys text[], p_endings text[], p_holds jsonb, p_is_guarded boolean, p_at timestamptz)
returns table (balance numeric, allowance numeric, available numeric, is_low boolean, alerts integer) language plpgsql set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  w public.wallets := app.lock_wallet(p_tenant, p_at);
  was_left numeric := w.allowance + w.balance - w.frozen;
  is_left numeric;
  has_caps boolean := exists (select from public.spend_caps where tenant_id = p_tenant);
  -- A hold counts in the windows of its caps until it ends, also where they were removed meanwhile.
  is_counted boolean := false;
  mine public.ledger_entries[];
  lots public.credit_lots[];
  lot public.credit_lots;
  e public.ledger_entries;
  back record;
  rest numeric; part numeric; done numeric; shared numeric; share numeric;
  total numeric := 0; guarded numeric := 0; own numeric := 0;
  of_plan numeric := 0; of_others numeric := 0;
  at_lot integer := 1;
  has_ended boolean := false;
  f public.ledger_funding[] := '{}';
  piece public.ledger_funding;
  one_run uuid; one_step uuid;
  item jsonb;
  at_key integer;
  used numeric[] := array_fill(0::numeric, array[cardinality(p_keys)]);
  is_used boolean[] := array_fill(false, array[cardinality(p_keys)]);
  mark numeric;
  told timestamptz := app.moment(p_at);
begin
  alerts := 0;
  -- What is given back is there before anything is taken.
  if cardinality(p_entries) > 0 then
    -- Each by its own id: for a list of ids the planner takes the index by time, and reads all of a workspace that has many.
    select array_agg(found.x order by (found.x).tenant_cost >= 0, (found.x).id), coalesce(sum((found.x).tenant_cost), 0) into mine, total
    from unnest(p_entries) as wanted (id)
      cross join lateral (select x from public.ledger_entries x where x.tenant_id = p_tenant and x.id = wanted.id offset 0) found
    where not exists (select from public.ledger_funding k where k.tenant_id = p_tenant and k.ledger_entry_id = wanted.id);
  end if;
  if cardinality(p_keys) > 0 then
    select coalesce(sum(h.amount), 0), coalesce(bool_or(h.windows <> '[]'), false) into own, is_counted from public.credit_holds h
    where h.tenant_id = p_tenant and h.status = 'open' and h.key = any(p_keys);
  end if;
  if p_is_guarded and total > 0 then
    select coalesce(sum(x.tenant_cost), 0) into guarded from unnest(mine) x where p_entry_keys[array_position(p_entries, x.id)] = 0;
  end if;
  if guarded > 0 and (w.balance + w.credit_limit < 0 or app.available(w) + own < total) then
    perform app.refuse_credit(w, guarded);
  end if;

  one_run := (mine[1]).execution_id; one_step := (mine[1]).step_id;
  piece.tenant_id := p_tenant; piece.currency := 'USD'; piece.created_at := p_at;
  foreach e in array coalesce(mine, '{}') loop
    -- What pays for several runs or steps names none.
    if e.execution_id is distinct from one_run then one_run := null; end if;
    if e.step_id is distinct from one_step then one_step := null; end if;
    at_key := p_entry_keys[array_position(p_entries, e.id)];
    if at_key > 0 then used[at_key] := used[at_key] + e.tenant_cost; is_used[at_key] := true; end if;
    rest := e.tenant_cost; done := 0; shared := 0;
    piece.ledger_entry_id := e.id;
    if rest < 0 then
      for back in select k.source, k.lot_id, sum(k.amount) as amount from public.ledger_funding k
        where k.tenant_id = p_tenant and k.ledger_entry_id in (
          select e.reverses_id union all
          -- What other corrections of it gave back: they are of its work and time, by which they are found.
          select c.id from public.ledger_entries c where c.tenant_id = p_tenant and c.reverses_id = e.reverses_id
            and c.occurred_at between e.occurred_at - interval '1 millisecond' and e.occurred_at + interval '1 millisecond')
        group by 1, 2 having sum(k.amount) > 0
        order by array_position(array['receivable', 'paid', 'promo', 'plan'], k.source::text), k.lot_id desc
      loop
        exit when rest = 0;
        part := -least(-rest, back.amount);
        rest := rest - part; done := done + part;
        share := round(e.partner_commission * done / e.tenant_cost, 6) - shared; shared := shared + share;
        piece.id := app.new_id(p_at); piece.partner_id := e.partner_id; piece.source := back.source; piece.lot_id := back.lot_id;
        piece.amount := part; piece.commission_share := share; piece.payable := 0;
        if back.lot_id is not null then
          update public.credit_lots set remaining = remaining - part, closed_at = null
            where tenant_id = p_tenant and id = back.lot_id returning * into lot;
          piece.payable := app.payable_of(lot, part, share);
          if lot.source = 'promo' and lot.paid_by = 'partner' then piece.partner_id := lot.partner_id; end if;
          if lot.is_frozen then w.frozen := w.frozen - part; end if;
          has_ended := true;
        end if;
        if piece.source = 'plan' then of_plan := of_plan + part; else of_others := of_others + part; end if;
        f := f || piece;
      end loop;
    elsif rest > 0 then
      if lots is null then
        select coalesce(array_agg(l order by array_position(array['plan', 'promo', 'paid'], l.source::text), l.expires_at nulls last, l.id), '{}')
          into lots from public.credit_lots l where l.tenant_id = p_tenant and l.closed_at is null and not l.is_frozen;
      end if;
      while rest > 0 and at_lot <= cardinality(lots) loop
        lot := lots[at_lot];
        part := least(rest, lot.remaining);
        if part > 0 then
          rest := rest - part; done := done + part;
          share := round(e.partner_commission * done / e.tenant_cost, 6) - shared; shared := shared + share;
          piece.id := app.new_id(p_at); piece.source := lot.source; piece.lot_id := lot.id; piece.amount := part;
          piece.partner_id := case when lot.source = 'promo' and lot.paid_by = 'partner' then lot.partner_id else e.partner_id end;
          piece.commission_share := share; piece.payable := app.payable_of(lot, part, share);
          if piece.source = 'plan' then of_plan := of_plan + part; else of_others := of_others + part; end if;
          f := f || piece;
          lot.remaining := lot.remaining - part;
          lots[at_lot] := lot;
        end if;
        exit when lot.remaining > 0;
        at_lot := at_lot + 1;
      end loop;
    end if;
    if rest <> 0 or e.partner_commission <> shared then
      piece.id := app.new_id(p_at); piece.partner_id := e.partner_id; piece.source := 'receivable'; piece.lot_id := null;
      piece.amount := rest; piece.commission_share := e.partner_commission - shared; piece.payable := 0;
      of_others := of_others + rest;
      f := f || piece;
    end if;
  end loop;

  if cardinality(f) > 0 then
    insert into public.ledger_funding select * from unnest(f);
    update public.credit_lots l set remaining = x.remaining, closed_at = case when x.remaining = 0 then p_at end
      from unnest(lots) x where l.tenant_id = p_tenant and l.id = x.id and x.remaining < l.remaining;
    has_ended := has_ended or at_lot > 1;
    insert into public.credit_transactions (id, tenant_id, kind, source, lot_id, amount, balance_after, allowance_after, execution_id, step_id, key, created_at)
    select app.new_id(told), p_tenant, kind, source, lot_id, amount,
      w.balance + coalesce(sum(amount) filter (where source <> 'plan') over sofar, 0), w.allowance + coalesce(sum(amount) filter (where source = 'plan') over sofar, 0),
      one_run, one_step, 'settle:' || (mine[1]).id || ':' || kind || ':' || coalesce(lot_id::text, 'receivable'), told
    from (
      select case when k.amount > 0 then 'usage' else 'reversal' end as kind, k.source, k.lot_id, -sum(k.amount) as amount
      from unnest(f) k where k.amount <> 0 group by 1, 2, 3
    ) t
    window sofar as (order by array_position(array['plan', 'promo', 'paid', 'receivable'], source::text), lot_id, kind);
    w.allowance := w.allowance - of_plan; w.balance := w.balance - of_others;
  end if;

  if has_caps or is_counted then alerts := app.count_in_windows(p_tenant, p_entries, p_entry_keys, p_keys, mine, guarded > 0, p_at); end if;

  if cardinality(p_keys) > 0 then
    update public.credit_holds h set ended_at = p_at, settled_amount = x.used,
      status = coalesce(x.ending, case when x.is_used then 'settled' else 'released' end)
    from unnest(p_keys, p_endings, used, is_used) as x (key, ending, used, is_used)
    where h.tenant_id = p_tenant and h.key = x.key and h.status = 'open';
  end if;
  w.held := w.held - own;

  for at_item in 0 .. jsonb_array_length(p_holds) - 1 loop
    item := p_holds -> at_item;
    if item ? 'paid' then w := app.lower_hold(w, item ->> 'key', (item ->> 'paid')::numeric); continue; end if;
    w := app.place_hold(w, item ->> 'key', (item ->> 'amount')::numeric, item -> 'place', has_caps, p_at);
  end loop;
  if own <> 0 or cardinality(f) > 0 or jsonb_array_length(p_holds) > 0 then w := app.save_wallet(w, p_at, has_ended); end if;

  is_left := w.allowance + w.balance - w.frozen;
  if is_left < was_left then
    select a.threshold into mark from public.auto_topups a where a.tenant_id = p_tenant and a.is_on;
  end if;
  balance := w.balance; allowance := w.allowance; available := app.available(w);
  is_low := coalesce(was_left >= mark and is_left < mark, false);
  return next;
end $$;

create or replace function app.count_in_windows(p_tenant uuid, p_entries uuid[], p_entry_keys integer[], p_keys text[], p_mine public.ledger_entries[], p_is_guarded boolean, p_at timestamptz)
returns integer language plpgsql as $$
declare
  change record;
  room numeric;
  told integer := 0;
  added integer;
begin
  for change in
    with used as (
      select p_keys[nullif(s.at_key, 0)] as key, case when p_is_guarded and s.at_key = 0 then m.tenant_cost else 0 end as guarded, m.* from unnest(p_entries, p_entry_keys) as s (id, at_key)
      -- What is taken back of something used before makes no room under the caps of today.
      join unnest(coalesce(p_mine, '{}')) m on m.entry_type = 'usage' and m.id = s.id
    ), holds as (
      select h.* from public.credit_holds h
      where h.tenant_id = p_tenant and h.key = any(p_keys)
    ), parts as (
      select (p ->> 'cap')::uuid as cap, p ->> 'key' as window_key,
        -- Of a step of an agent what is the agent's, as it is counted anew: the fee of its node is nobody's.
        coalesce((select sum(u.tenant_cost) from used u
          where u.key = h.key and (c.scope is distinct from 'agent' or u.agent_id = c.agent_id)), 0) as spent, 0 as guarded,
        case when h.status = 'open' then h.amount else 0 end as held
      from holds h cross join jsonb_array_elements(h.windows) p
        left join public.spend_caps c on c.tenant_id = h.tenant_id and c.id = (p ->> 'cap')::uuid
      union all
      select c.cap_id, c.window_key, u.tenant_cost, u.guarded, 0 from used u,
        app.cap_places(p_tenant, u.agent_id, coalesce(u.root_execution_id, u.execution_id), p_at) c
      where not exists (select from holds h where h.key = u.key)
    )
    select cap, window_key, sum(spent) as spent, sum(guarded) as guarded, sum(held) as held from parts group by 1, 2 order by 1, 2
  loop
    insert into public.cap_windows (tenant_id, cap_id, window_key) values (p_tenant, change.cap, change.window_key) on conflict do nothing;
    if change.guarded > 0 then
      select c.amount + cw.extra - cw.spent - cw.held + change.held - (change.spent - change.guarded) into room from public.cap_windows cw
        join public.spend_caps c on c.tenant_id = cw.tenant_id and c.id = cw.cap_id and c.is_active
        where cw.tenant_id = p_tenant and cw.cap_id = change.cap and cw.window_key = change.window_key;
      if room < change.guarded then perform app.refuse_cap(change.cap, change.window_key, room, change.guarded); end if;
    end if;
    update public.cap_windows set spent = spent + change.spent, held = held - change.held
      where tenant_id = p_tenant and cap_id = change.cap and window_key = change.window_key;
    insert into public.spend_alerts (tenant_id, cap_id, window_key, threshold, created_at)
    select p_tenant, change.cap, change.window_key, t, p_at
    from public.cap_windows cw join public.spend_caps c on c.tenant_id = cw.tenant_id and c.id = cw.cap_id and c.is_active,
      unnest(array[50, 80, 100]) t
    where cw.tenant_id = p_tenant and cw.cap_id = change.cap and cw.window_key = change.window_key
      and cw.spent * 100 >= (c.amount + cw.extra) * t
    on conflict do nothing;
    get diagnostics added = row_count;
    told := told + added;
  end loop;
  return told;
end $$;
`;
