import type { LedgerCheck } from "./check";

/** What must hold of each row of the ledger by itself. */
export const ENTRY_CHECKS: readonly LedgerCheck[] = [
  {
    id: "I1",
    title: "Each row: what the tenant pays is the platform's cost plus the partner's commission",
    sql: `select 'ledger entry ' || id as subject from ledger_entries where tenant_cost <> platform_cost + partner_commission`,
  },
  {
    id: "I2",
    title: "No commission without a partner",
    sql: `select 'ledger entry ' || id as subject from ledger_entries where partner_id is null and partner_commission <> 0`,
  },
  {
    id: "I3",
    title: "Usage is never negative",
    sql: `select 'ledger entry ' || id as subject from ledger_entries where entry_type = 'usage' and (quantity < 0 or partner_commission < 0)`,
  },
  {
    id: "I4",
    title: "Nothing is recorded twice",
    sql: `select 'tenant ' || tenant_id || ', key ' || idempotency_key as subject from ledger_entries
          group by tenant_id, idempotency_key having count(*) > 1`,
  },
  {
    id: "I5",
    title: "A reversal is the exact negation of one row, once",
    sql: `select 'ledger entry ' || r.id as subject from ledger_entries r left join ledger_entries o on o.id = r.reverses_id
          where r.entry_type = 'reversal' and (o.id is null or o.tenant_id <> r.tenant_id or r.quantity <> -o.quantity
            or r.tenant_cost <> -o.tenant_cost or r.platform_cost <> -o.platform_cost
            or (select count(*) from ledger_entries x where x.entry_type = 'reversal' and x.reverses_id = r.reverses_id) > 1)`,
  },
  {
    id: "I7",
    title: "Each cost is quantity times rate, rounded to six decimals",
    sql: `select 'ledger entry ' || id as subject from ledger_entries where entry_type = 'usage'
          and (platform_cost <> round(quantity * system_rate, 6) or tenant_cost <> round(quantity * tenant_rate, 6))`,
  },
  {
    id: "I14",
    title: "Nobody pays less than the base price",
    sql: `select 'ledger entry ' || id as subject from ledger_entries where entry_type = 'usage' and tenant_rate < system_rate`,
  },
  {
    id: "I15",
    // What was under way while a tenant was handed over may still have been rated for the one before.
    title: "Usage is sold by whoever held the tenant when it happened",
    sql: `select 'ledger entry ' || e.id as subject from ledger_entries e where e.entry_type = 'usage' and not exists (
            select from tenant_partner_history h where h.tenant_id = e.tenant_id and h.partner_id is not distinct from e.partner_id
            and (h.effective_from is null or h.effective_from <= e.occurred_at)
            and (h.effective_to is null or h.effective_to + interval '1 minute' > e.occurred_at))`,
  },
  {
    id: "I16",
    title: "Who held a tenant is known without a hole, up to who holds it now",
    sql: `select 'tenant ' || t.id as subject from tenants t
          where (select count(*) from tenant_partner_history h where h.tenant_id = t.id and h.effective_from is null) <> 1
          or (select count(*) from tenant_partner_history h where h.tenant_id = t.id and h.effective_to is null
            and h.partner_id is not distinct from t.partner_id) <> 1
          union all select 'tenant ' || h.tenant_id from tenant_partner_history h where h.effective_from is not null and not exists (
            select from tenant_partner_history b where b.tenant_id = h.tenant_id and b.effective_to = h.effective_from)`,
  },
  {
    id: "R2",
    title: "Every settled model call has its ledger rows",
    sql: `select 'model call ' || c.id || ' (' || c.model_key || ')' as subject from model_calls c
          where c.status = 'settled' and coalesce(c.input_tokens, 0) + coalesce(c.output_tokens, 0) > 0
          and not exists (select from ledger_entries e where e.model_call_id = c.id)
          and not exists (select from ledger_entries e where e.step_id = c.step_id and e.step_id is not null)`,
  },
];
