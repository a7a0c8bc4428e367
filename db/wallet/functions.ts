import { CREDIT_FUNCTIONS } from "./credit";
import { HOLD_FUNCTIONS } from "./holds";
import { SPEND_FUNCTION } from "./spend";

/**
 * Every function takes the present as `p_at`, so that a shifted clock reaches them, and locks the tenant's wallet first:
 * what is read behind that is the newest there is, and nobody changes it until the commit. They run as the caller, so
 * row security holds inside. What reads the ledger does so by its indexes, also when its plan was made while the ledger
 * was small. Refusals are errors: `HB402` not enough credit, `HB403` a cap is reached, `HB404` no wallet; what is missing
 * is JSON in their DETAIL.
 */
const BASICS = `
create sequence if not exists app.id_order as bigint minvalue 0 maxvalue 268435455 start 0 cycle;

create or replace function app.new_id(p_at timestamptz) returns uuid language sql volatile as $$
  -- A UUIDv7 (RFC 9562, 6.2: with a counter): milliseconds, a count, then chance. Rows of one moment are in the order in which
  -- they were written.
  select (lpad(to_hex((extract(epoch from p_at) * 1000)::bigint), 12, '0') || '70008'
    || lpad(to_hex(nextval('app.id_order')), 7, '0') || left(gen_random_uuid()::text, 8))::uuid
$$;

create or replace function app.moment(p_at timestamptz) returns timestamptz language sql volatile as $$
  -- The present as it runs on within a transaction. What is written behind the wallet's lock has it, so that transactions that
  -- waited for each other are listed in the order in which they changed the wallet, not in the one in which they began.
  select p_at + (clock_timestamp() - now())
$$;

create or replace function app.available(w public.wallets) returns numeric language sql immutable as $$
  select w.allowance + w.balance + w.credit_limit - w.frozen - w.held
$$;

create or replace function app.lock_wallet(p_tenant uuid, p_at timestamptz) returns public.wallets language plpgsql as $$
declare w public.wallets;
begin
  select * into w from public.wallets where tenant_id = p_tenant for no key update;
  if not found then raise exception 'there is no wallet' using errcode = 'HB404'; end if;
  -- Credit ends by its time, whether or not a job came by.
  if w.next_expiry_at <= p_at then w := app.expire_lots(w, p_at); end if;
  return w;
end $$;

create or replace function app.expire_lots(w public.wallets, p_at timestamptz) returns public.wallets language plpgsql as $$
declare
  l public.credit_lots;
  told timestamptz := app.moment(p_at);
begin
  for l in select * from public.credit_lots
    where tenant_id = w.tenant_id and closed_at is null and expires_at <= p_at order by expires_at, id
  loop
    if l.source = 'plan' then w.allowance := w.allowance - l.remaining; else w.balance := w.balance - l.remaining; end if;
    if l.is_frozen then w.frozen := w.frozen - l.remaining; end if;
    update public.credit_lots set remaining = 0, closed_at = p_at where tenant_id = w.tenant_id and id = l.id;
    if l.remaining > 0 then
      insert into public.credit_transactions (id, tenant_id, kind, source, lot_id, amount, balance_after, allowance_after, key, created_at)
      -- A lot that usage was given back to may end more than once.
      values (app.new_id(told), w.tenant_id, 'expiry', l.source, l.id, -l.remaining, w.balance, w.allowance,
        'expiry:' || l.id || ':' || (select count(*) from public.credit_transactions t where t.tenant_id = w.tenant_id and t.lot_id = l.id), told);
    end if;
  end loop;
  return app.save_wallet(w, p_at, true);
end $$;

create or replace function app.save_wallet(w public.wallets, p_at timestamptz, p_lots_ended boolean) returns public.wallets language plpgsql as $$
begin
  if p_lots_ended then
    select min(expires_at) into w.next_expiry_at from public.credit_lots where tenant_id = w.tenant_id and closed_at is null;
  end if;
  update public.wallets set allowance = w.allowance, balance = w.balance, held = w.held, frozen = w.frozen,
    next_expiry_at = w.next_expiry_at, updated_at = p_at,
    -- Above it again: the next fall is told anew.
    low_told_at = case when w.allowance + w.balance + w.credit_limit - w.frozen < low_water then low_told_at end
    where tenant_id = w.tenant_id;
  update public.subscriptions set credit_balance = w.balance
    where tenant_id = w.tenant_id and ended_at is null and credit_balance is distinct from w.balance;
  return w;
end $$;

create or replace function app.expire_credit(p_tenant uuid, p_at timestamptz) returns void language plpgsql as $$
begin
  perform app.lock_wallet(p_tenant, p_at);
end $$;

create or replace function app.payable_of(l public.credit_lots, p_part numeric, p_share numeric) returns numeric language sql immutable as $$
  select case when l.source = 'paid' then p_share when l.source = 'promo' and l.paid_by = 'partner' then p_share - p_part else 0 end
$$;

-- The windows that work at a place and time counts in: caps of the tenant, of the agent, and of the run.
create or replace function app.cap_places(p_tenant uuid, p_agent uuid, p_root uuid, p_at timestamptz)
returns table (cap_id uuid, window_key text, amount numeric) language sql stable as $$
  select c.id, case c.period when 'day' then to_char(p_at at time zone 'UTC', 'YYYY-MM-DD')
    when 'month' then to_char(p_at at time zone 'UTC', 'YYYY-MM') else p_root::text end, c.amount
  from public.spend_caps c
  where c.tenant_id = p_tenant and c.is_active
    and (c.scope = 'tenant' or (c.scope = 'agent' and c.agent_id = p_agent) or (c.scope = 'run' and p_root is not null))
$$;

create or replace function app.refuse_cap(p_cap uuid, p_window text, p_available numeric, p_needed numeric) returns void language plpgsql as $$
begin
  raise exception 'a cap is reached' using errcode = 'HB403',
    detail = jsonb_build_object('capId', p_cap, 'windowKey', p_window, 'available', greatest(p_available, 0)::text, 'needed', p_needed::text)::text;
end $$;

create or replace function app.refuse_credit(w public.wallets, p_needed numeric) returns void language plpgsql as $$
begin
  raise exception 'there is not enough credit' using errcode = 'HB402', detail = jsonb_build_object(
    'available', case when w.balance + w.credit_limit < 0 then '0.000000' else greatest(app.available(w), 0)::text end,
    'needed', p_needed::text, 'debt', greatest(-(w.balance + w.credit_limit), 0)::text)::text;
end $$;

create or replace function app.take_number(p_series text, p_table text, p_id uuid, p_at timestamptz) returns text language plpgsql as $$
declare n integer; num text;
begin
  insert into public.invoice_counters as c (series, last_sequence) values (p_series, 1)
    on conflict (series) do update set last_sequence = c.last_sequence + 1 returning c.last_sequence into n;
  num := p_series || '-' || to_char(p_at at time zone 'UTC', 'YYYY') || '-' || lpad(n::text, greatest(6, length(n::text)), '0');
  if p_table = 'invoices' then
    update public.invoices set series = p_series, sequence = n, invoice_number = num, finalized_at = p_at where id = p_id and finalized_at is null;
  elsif p_table = 'credit_notes' then
    update public.credit_notes set series = p_series, sequence = n, number = num, status = 'issued', issued_at = p_at where id = p_id and issued_at is null;
  elsif p_table = 'partner_payouts' then
    update public.partner_payouts set series = p_series, sequence = n, number = num, status = 'approved', approved_at = p_at where id = p_id and status = 'draft';
  else
    raise exception '% has no numbers', p_table;
  end if;
  if not found then raise exception '% % has its number already, or does not exist', p_table, p_id using errcode = '23514'; end if;
  return num;
end $$;
`;

/** Functions that take other arguments now. */
const REPLACED = [
  "app.place_hold(uuid, text, numeric, jsonb, timestamptz)",
  "app.settle_usage(uuid, jsonb, boolean, timestamptz)",
  "app.spend(uuid, jsonb, jsonb, boolean, timestamptz)",
  "app.count_in_windows(uuid, jsonb, public.ledger_entries[], boolean, timestamptz)",
  "app.uuids(jsonb)",
];

/** The functions that change wallets, lots, holds, funding and credit transactions, and the one that gives numbers. */
export function walletFunctionsSql(roles: readonly string[]): string {
  const all = [BASICS, HOLD_FUNCTIONS, SPEND_FUNCTION, CREDIT_FUNCTIONS];
  return [
    "set local check_function_bodies = off;",
    ...REPLACED.map((name) => `drop function if exists ${name};`),
    ...all,
    `grant execute on all functions in schema app to ${roles.join(", ")};`,
    `grant usage on all sequences in schema app to ${roles.join(", ")};`,
  ].join("\n");
}
