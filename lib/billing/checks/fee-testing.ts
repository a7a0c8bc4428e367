/** A plan for ten dollars a month, which the subscription of the workspace renewed. */
const RENEWED = `with plan as (insert into plans (id, key, name) values (gen_random_uuid(), 'planted', 'Planted') returning id),
  price as (insert into plan_prices (id, plan_id, billing_cycle, amount_cents, effective_from)
    select gen_random_uuid(), id, 'monthly', 1000, now() - interval '1 year' from plan)
  insert into subscription_changes (id, tenant_id, subscription_id, kind, to_plan, to_cycle, at, key)
  select gen_random_uuid(), tenant_id, id, 'renew', 'planted', 'monthly', date_trunc('day', now()), 'planted' from subscriptions`;
/** Its fee, on as many invoices as that. */
const feeOn = (
  count: number,
) => `insert into invoice_lines (id, tenant_id, invoice_id, kind, description, resource_type, unit, rate,
    quantity, amount, amount_cents, service_start, service_end)
  select gen_random_uuid(), tenant_id, id, 'plan', 'Planted', 'plan', 'month', 10, 1, 10, 1000, date_trunc('day', now()), now() + interval '30 days'
  from invoices order by id limit ${count}`;

/** What can be wrong with the fees of plans, and how it is planted. */
export const FEE_FAULTS = [
  ["a fee that nobody was asked for", RENEWED],
  ["a fee that was asked for twice", `${RENEWED}; ${feeOn(2)}`],
  [
    "a plan that begins with an invoice that is gone",
    `insert into subscription_changes (id, tenant_id, subscription_id, kind, at, invoice_id, key)
     select gen_random_uuid(), tenant_id, id, 'start', now(), gen_random_uuid(), 'planted' from subscriptions`,
  ],
] as const;
