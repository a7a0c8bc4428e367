/**
 * The rules the books must always obey, each as a query that finds the rows breaking it. Those that the database
 * refuses by itself (constraints and triggers) are asked again all the same: an owner can switch a trigger off.
 */
export type LedgerCheck = {
  id: string;
  title: string;
  /** Selects `subject` (what is wrong, for a person) for each offending row. */
  sql: string;
};

export const LEDGER_CHECKS: readonly LedgerCheck[] = [
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
    id: "I6",
    title: "The ledger can only grow: its triggers are in place",
    sql: `select 'the trigger ' || wanted.name || ' is missing or disabled' as subject
          from (values ('ledger_entries_append_only'), ('ledger_entries_no_truncate'), ('ledger_entries_reversal')) wanted(name)
          where not exists (select from pg_trigger t where t.tgrelid = 'ledger_entries'::regclass
            and t.tgname = wanted.name and t.tgenabled in ('O', 'A'))`,
  },
  {
    id: "I7",
    title: "Each cost is quantity times rate, rounded to six decimals",
    sql: `select 'ledger entry ' || id as subject from ledger_entries where entry_type = 'usage'
          and (platform_cost <> round(quantity * system_rate, 6) or tenant_cost <> round(quantity * tenant_rate, 6))`,
  },
  {
    id: "I11",
    title: "Each invoice is the sum of its lines, each line the sum of its rows",
    sql: `select 'invoice ' || i.invoice_number as subject from invoices i
          left join lateral (select coalesce(sum(l.amount_cents), 0) as cents,
            coalesce(sum(l.amount) filter (where l.kind in ('usage', 'covered')), 0) as owed
            from invoice_lines l where l.tenant_id = i.tenant_id and l.invoice_id = i.id) s on true
          where i.finalized_at is not null
            and (i.subtotal_cents <> s.cents or i.total_amount * 100 <> i.subtotal_cents + i.tax_cents or i.receivable <> s.owed)
          union all
          select 'line ' || l.position || ' of invoice ' || i.invoice_number from invoice_lines l
          join invoices i on i.tenant_id = l.tenant_id and i.id = l.invoice_id
          left join lateral (select coalesce(sum(e.tenant_cost), 0) as exact, coalesce(sum(e.quantity), 0) as quantity
            from invoice_entry_links k join ledger_entries e on e.id = k.ledger_entry_id
            where k.tenant_id = l.tenant_id and k.line_id = l.id) s on true
          where l.kind = 'usage' and i.finalized_at is not null and (abs(l.amount_cents - l.amount * 100) > 0.5
            or (i.status <> 'void' and (l.amount <> s.exact or l.quantity <> s.quantity)))
          union all
          select 'credit in invoice ' || i.invoice_number from invoices i
          left join lateral (select coalesce(sum(l.amount), 0) as covered from invoice_lines l
            where l.tenant_id = i.tenant_id and l.invoice_id = i.id and l.kind = 'covered') c on true
          left join lateral (select coalesce(sum(f.amount), 0) as funded from invoice_lines l
            join invoice_entry_links k on k.tenant_id = l.tenant_id and k.line_id = l.id
            join ledger_funding f on f.tenant_id = k.tenant_id and f.ledger_entry_id = k.ledger_entry_id
            where l.tenant_id = i.tenant_id and l.invoice_id = i.id and f.source <> 'receivable') f on true
          where i.finalized_at is not null and i.status <> 'void' and c.covered + f.funded <> 0`,
  },
  {
    id: "I12",
    title: "Numbers of invoices, statements and credit notes have no gap",
    sql: `select 'series ' || series || ' from ' || min(sequence) || ' to ' || max(sequence) || ' has ' || count(*) || ' documents' as subject
          from (select series, sequence from invoices where finalized_at is not null
            union all select series, sequence from credit_notes where issued_at is not null) d
          group by series having max(sequence) <> count(*) or min(sequence) <> 1 or count(*) <> count(sequence)`,
  },
  {
    id: "I14",
    title: "Nobody pays less than the base price",
    sql: `select 'ledger entry ' || id as subject from ledger_entries where entry_type = 'usage' and tenant_rate < system_rate`,
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

export type LedgerFinding = { id: string; title: string; subjects: string[]; count: number };
