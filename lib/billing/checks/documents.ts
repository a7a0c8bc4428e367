import type { LedgerCheck } from "./check";

/**
 * Bought credit and its tax: invoiced as it was charged, and noted as it came back. A bank may take back what was refunded
 * before: no more is noted than there was.
 */
const BOUGHT = `
  with invoiced as (
    select i.tenant_id, i.topup_id, sum(i.subtotal_cents - coalesce(n.subtotal_cents, 0)) as credit, sum(i.tax_cents - coalesce(n.tax_cents, 0)) as tax
    from invoices i left join (
      select tenant_id, invoice_id, sum(subtotal_cents) as subtotal_cents, sum(tax_cents) as tax_cents
      from credit_notes where status = 'issued' group by 1, 2
    ) n on n.tenant_id = i.tenant_id and n.invoice_id = i.id
    where i.kind = 'topup' and i.finalized_at is not null group by 1, 2
  ), back as (
    select p.tenant_id, p.topup_id, least(sum(b.amount_cents - b.tax_cents), min(p.amount_cents - t.tax_cents)) as credit,
      least(sum(b.tax_cents), min(t.tax_cents)) as tax
    from payments p join topups t on t.tenant_id = p.tenant_id and t.id = p.topup_id join (
      select tenant_id, payment_id, amount_cents, tax_cents from refunds where status = 'succeeded'
      union all select tenant_id, payment_id, amount_cents, tax_cents from disputes where status = 'lost'
    ) b on b.tenant_id = p.tenant_id and b.payment_id = p.id
    where p.topup_id is not null group by 1, 2
  )
  select 'credit ' || t.id || ': its invoices say ' || coalesce(i.credit, 0) || ' cents and ' || coalesce(i.tax, 0) || ' of tax, it was bought and came back to '
    || t.amount * 100 - coalesce(b.credit, 0) || ' and ' || t.tax_cents - coalesce(b.tax, 0)
  from topups t
  left join invoiced i on i.tenant_id = t.tenant_id and i.topup_id = t.id
  left join back b on b.tenant_id = t.tenant_id and b.topup_id = t.id
  where t.lot_id is not null and (i.topup_id is not null or t.tax_cents > 0)
    and (coalesce(i.credit, 0) <> t.amount * 100 - coalesce(b.credit, 0) or coalesce(i.tax, 0) <> t.tax_cents - coalesce(b.tax, 0))
  union all
  select 'payment ' || p.id || ' of credit ' || t.id || ' took ' || p.amount_cents || ' cents of ' || t.total_cents
  from topups t join payments p on p.tenant_id = t.tenant_id and p.topup_id = t.id
  where p.amount_cents <> t.total_cents`;

/**
 * A renewal asks for its fee on one document: on none when the plan never cost anything by then, on one more when that
 * was made void. A start and a raise name the invoice they asked for.
 */
const ASKED_FEES = `
  select 'plan of workspace ' || c.tenant_id || ': the fee from ' || c.at || ' is on ' || f.written || ' documents, '
    || f.live || ' of them not void' as subject
  from subscription_changes c
  left join lateral (
    select count(distinct i.id) as written, count(distinct i.id) filter (where i.status <> 'void') as live
    from invoice_lines l join invoices i on i.tenant_id = l.tenant_id and i.id = l.invoice_id
    where l.tenant_id = c.tenant_id and case when c.kind = 'renew' then l.kind = 'plan' and l.service_start = c.at
      else i.id = c.invoice_id and l.kind in ('plan', 'proration') end
  ) f on true
  where (c.kind = 'renew' or (c.kind in ('start', 'upgrade') and c.invoice_id is not null)) and (f.live > 1 or f.written = 0)
    and (c.kind <> 'renew' or f.live > 1 or (select bool_and(p.amount_cents > 0) from plans n join plan_prices p on p.plan_id = n.id
      where n.key = c.to_plan and p.billing_cycle = c.to_cycle and p.effective_from <= c.at))`;

/** What must hold of invoices, statements and credit notes. */
export const DOCUMENT_CHECKS: readonly LedgerCheck[] = [
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
          where i.finalized_at is not null and i.status <> 'void' and c.covered + f.funded <> 0
          union all (${BOUGHT})`,
  },
  {
    id: "I12",
    title: "Numbers of invoices, statements, credit notes and payouts have no gap",
    sql: `select 'series ' || series || ' from ' || min(sequence) || ' to ' || max(sequence) || ' has ' || count(*) || ' documents' as subject
          from (select series, sequence from invoices where finalized_at is not null
            union all select series, sequence from credit_notes where issued_at is not null
            union all select series, sequence from partner_payouts where number is not null) d
          group by series having max(sequence) <> count(*) or min(sequence) <> 1 or count(*) <> count(sequence)`,
  },
  { id: "I17", title: "Each fee of a plan was asked for, once", sql: ASKED_FEES },
];
