/**
 * `place_hold` sets an amount of a locked wallet aside under a key: the hold that is there is changed to it. It counts in
 * the windows of the time at which anything was set aside last: work that waited for another day moves there with all it
 * holds. `lower_hold` takes out of what is set aside what was paid for of it before it ends. Both give the wallet as it is
 * to be saved.
 */
export const HOLD_FUNCTIONS = `
create or replace function app.place_hold(w public.wallets, p_key text, p_amount numeric, p_place jsonb, p_has_caps boolean, p_at timestamptz)
returns public.wallets language plpgsql as $$
declare
  p_tenant uuid := w.tenant_id;
  h public.credit_holds;
  delta numeric := p_amount;
  was jsonb := '[]';
  places jsonb := '[]';
  place record;
  room numeric;
  more numeric;
begin
  select * into h from public.credit_holds where tenant_id = p_tenant and key = p_key;
  if h.status = 'open' then delta := p_amount - h.amount; was := h.windows; end if;
  if delta > 0 and (w.balance + w.credit_limit < 0 or app.available(w) < delta) then perform app.refuse_credit(w, delta); end if;
  if h.status = 'open' and (delta <= 0 or not p_has_caps) then places := was;
  elsif p_has_caps then
    select coalesce(jsonb_agg(jsonb_build_object('cap', c.cap_id, 'key', c.window_key) order by c.cap_id), '[]') into places
    from app.cap_places(p_tenant, (p_place ->> 'agentId')::uuid,
      coalesce(p_place ->> 'rootExecutionId', p_place ->> 'executionId')::uuid, p_at) c;
  end if;
  for place in select (e ->> 'cap')::uuid as cap, e ->> 'key' as key from jsonb_array_elements(was) e where not places @> jsonb_build_array(e) loop
    update public.cap_windows set held = held - h.amount where tenant_id = p_tenant and cap_id = place.cap and window_key = place.key;
  end loop;
  for place in select (e ->> 'cap')::uuid as cap, e ->> 'key' as key, was @> jsonb_build_array(e) as is_same from jsonb_array_elements(places) e loop
    more := case when place.is_same then delta else p_amount end;
    insert into public.cap_windows as cw (tenant_id, cap_id, window_key) values (p_tenant, place.cap, place.key) on conflict do nothing;
    -- A cap that was removed or switched off meanwhile stops nobody.
    select c.amount + cw.extra - cw.spent - cw.held into room from public.cap_windows cw
      join public.spend_caps c on c.tenant_id = cw.tenant_id and c.id = cw.cap_id and c.is_active
      where cw.tenant_id = p_tenant and cw.cap_id = place.cap and cw.window_key = place.key;
    if more > 0 and room < more then perform app.refuse_cap(place.cap, place.key, room, more); end if;
    update public.cap_windows set held = held + more where tenant_id = p_tenant and cap_id = place.cap and window_key = place.key;
  end loop;
  -- Whoever holds for a tenant has locked its wallet: nobody else comes between the look and this.
  if h.id is null then
    insert into public.credit_holds (id, tenant_id, key, step_id, execution_id, root_execution_id, agent_id, amount, windows, expires_at, created_at)
    values (app.new_id(p_at), p_tenant, p_key, (p_place ->> 'stepId')::uuid, (p_place ->> 'executionId')::uuid,
      (p_place ->> 'rootExecutionId')::uuid, (p_place ->> 'agentId')::uuid, p_amount, places, p_at + interval '15 minutes', p_at);
  else
    update public.credit_holds set amount = p_amount, status = 'open', windows = places,
      expires_at = p_at + interval '15 minutes', settled_amount = null, ended_at = null where tenant_id = p_tenant and key = p_key;
  end if;
  w.held := w.held + delta;
  return w;
end $$;

create or replace function app.lower_hold(w public.wallets, p_key text, p_paid numeric)
returns public.wallets language plpgsql as $$
declare
  h public.credit_holds;
  part numeric;
begin
  select * into h from public.credit_holds where tenant_id = w.tenant_id and key = p_key and status = 'open';
  part := least(h.amount, p_paid);
  if not found or part <= 0 then return w; end if;
  update public.credit_holds set amount = amount - part where tenant_id = w.tenant_id and key = p_key;
  update public.cap_windows cw set held = cw.held - part from jsonb_array_elements(h.windows) p
    where cw.tenant_id = w.tenant_id and cw.cap_id = (p ->> 'cap')::uuid and cw.window_key = p ->> 'key';
  w.held := w.held - part;
  return w;
end $$;
`;
