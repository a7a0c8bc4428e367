import type { LedgerCheck } from "./check";
import { PAYOUT_RULES } from "./payouts";

const BALANCES = `
  select 'wallet of workspace ' || tenant_id || ': balance ' || coalesce(w.balance, 0) || ' and allowance ' || coalesce(w.allowance, 0)
    || ', but its transactions add up to ' || coalesce(s.balance, 0) || ' and ' || coalesce(s.allowance, 0) as subject
  from wallets w full join (
    select tenant_id, coalesce(sum(amount) filter (where source <> 'plan'), 0) as balance,
      coalesce(sum(amount) filter (where source = 'plan'), 0) as allowance from credit_transactions group by tenant_id
  ) s using (tenant_id)
  where coalesce(w.balance, 0) <> coalesce(s.balance, 0) or coalesce(w.allowance, 0) <> coalesce(s.allowance, 0)`;

const LOTS = `
  select 'credit ' || coalesce(l.id, s.lot_id) || ': ' || coalesce(l.remaining, 0) || ' is left, but its transactions add up to '
    || coalesce(s.amount, 0)
  from credit_lots l full join (
    select tenant_id, lot_id, sum(amount) as amount from credit_transactions where lot_id is not null group by tenant_id, lot_id
  ) s on s.tenant_id = l.tenant_id and s.lot_id = l.id
  where coalesce(l.remaining, 0) <> coalesce(s.amount, 0) or (l.closed_at is null) <> (l.remaining > 0)`;

const HELD = `
  select 'wallet of workspace ' || tenant_id || ': ' || coalesce(w.held, 0) || ' is held, but its open holds add up to ' || coalesce(s.held, 0)
  from wallets w full join (
    select tenant_id, sum(amount) as held from credit_holds where status = 'open' group by tenant_id
  ) s using (tenant_id)
  where coalesce(w.held, 0) <> coalesce(s.held, 0)`;

const WINDOWS = `
  select 'cap ' || coalesce(c.cap_id, s.cap_id) || ' in ' || coalesce(c.window_key, s.window_key) || ': ' || coalesce(c.held, 0)
    || ' is held, but its open holds add up to ' || coalesce(s.held, 0)
  from cap_windows c full join (
    select h.tenant_id, (p ->> 'cap')::uuid as cap_id, p ->> 'key' as window_key, sum(h.amount) as held
    from credit_holds h, jsonb_array_elements(h.windows) p where h.status = 'open' group by 1, 2, 3
  ) s on s.tenant_id = c.tenant_id and s.cap_id = c.cap_id and s.window_key = c.window_key
  where coalesce(c.held, 0) <> coalesce(s.held, 0)`;

const FROZEN = `
  select 'wallet of workspace ' || tenant_id || ': ' || w.frozen || ' is frozen until ' || coalesce(w.next_expiry_at::text, 'ever')
    || ', but its credit says ' || coalesce(s.frozen, 0) || ' until ' || coalesce(s.next_expiry_at::text, 'ever')
  from wallets w left join (
    select tenant_id, coalesce(sum(remaining) filter (where is_frozen), 0) as frozen,
      min(expires_at) filter (where closed_at is null) as next_expiry_at
    from credit_lots group by tenant_id
  ) s using (tenant_id)
  where w.frozen <> coalesce(s.frozen, 0) or w.next_expiry_at is distinct from s.next_expiry_at`;

const OWED = `
  select 'workspace ' || tenant_id || ': its usage on account is ' || coalesce(f.owed, 0) || ', but its transactions say ' || coalesce(t.owed, 0)
  from (
    select tenant_id, -sum(amount) as owed from credit_transactions
    where source = 'receivable' and kind in ('opening', 'usage', 'reversal', 'topup') group by tenant_id
  ) t full join (
    select tenant_id, sum(amount) as owed from ledger_funding where source = 'receivable' group by tenant_id
  ) f using (tenant_id)
  where coalesce(t.owed, 0) <> coalesce(f.owed, 0)`;

/** By invoice: its usage on account is off the wallet's debt once it is paid, and only then. */
const SETTLED = `
  select 'invoice ' || coalesce(i.invoice_number, i.id::text) || ': ' || coalesce(t.paid, 0) || ' of its usage on account of ' || i.receivable
    || ' was paid into the wallet'
  from invoices i left join (
    select tenant_id, invoice_id, sum(amount) as paid from credit_transactions where kind = 'invoice_payment' group by 1, 2
  ) t on t.tenant_id = i.tenant_id and t.invoice_id = i.id
  where coalesce(t.paid, 0) <> case when i.paid_date is not null and i.subtotal_cents + i.tax_cents > 0 then i.receivable else 0 end`;

const PROJECTION = `
  select 'subscription of workspace ' || s.tenant_id || ': credit balance ' || coalesce(s.credit_balance, 0) || ', but the wallet has ' || w.balance
  from subscriptions s join wallets w using (tenant_id)
  where s.ended_at is null and coalesce(s.credit_balance, 0) <> w.balance`;

const USED = `
  select 'workspace ' || tenant_id || ' used ' || coalesce(e.used, 0) || ', but ' || coalesce(t.paid, 0) || ' was taken from its wallet' as subject
  from (select tenant_id, sum(tenant_cost) as used from ledger_entries group by tenant_id) e
  full join (
    select tenant_id, -sum(amount) as paid from credit_transactions where kind in ('opening', 'usage', 'reversal') group by tenant_id
  ) t using (tenant_id)
  where coalesce(e.used, 0) <> coalesce(t.paid, 0)`;

const FUNDED = `
  select 'ledger entry ' || coalesce(e.id, f.id) || ': ' || coalesce(f.amount, 0) || ' of ' || coalesce(e.tenant_cost, 0)
    || ' is funded, with ' || coalesce(f.share, 0) || ' of a commission of ' || coalesce(e.partner_commission, 0) as subject
  from ledger_entries e full join (
    select ledger_entry_id as id, sum(amount) as amount, sum(commission_share) as share from ledger_funding group by ledger_entry_id
  ) f on f.id = e.id
  where coalesce(f.amount, 0) <> coalesce(e.tenant_cost, 0) or coalesce(f.share, 0) <> coalesce(e.partner_commission, 0)`;

const PAYABLE = `
  select 'ledger entry ' || f.ledger_entry_id || ': ' || f.payable || ' is to be paid to the partner for what ' || f.source || ' credit funded' as subject
  from ledger_funding f left join credit_lots l on l.tenant_id = f.tenant_id and l.id = f.lot_id
  where f.payable <> case when f.source = 'paid' then f.commission_share
    when f.source = 'promo' and l.paid_by = 'partner' then f.commission_share - f.amount else 0 end`;

/** By invoice and partner: the commission in what its usage owed, and what was earned with its payment and lost with refunds. */
const EARNED = `
  with earned as (
    select invoice_id, partner_id, coalesce(sum(amount) filter (where kind = 'invoice_paid'), 0) as paid, sum(amount) as kept
    from commission_events where kind in ('invoice_paid', 'invoice_refunded') group by 1, 2
  ), due as (
    select k.invoice_id, f.partner_id, sum(f.commission_share) as share
    from invoice_entry_links k join ledger_funding f on f.tenant_id = k.tenant_id and f.ledger_entry_id = k.ledger_entry_id
    where f.source = 'receivable' and f.partner_id is not null group by 1, 2
  )
  select 'invoice ' || i.invoice_number || ': partner ' || coalesce(d.partner_id, e.partner_id) || ' earned ' || coalesce(e.paid, 0)
    || ' and keeps ' || coalesce(e.kept, 0) || ' of a commission of ' || coalesce(d.share, 0)
  from due d full join earned e on e.invoice_id = d.invoice_id and e.partner_id = d.partner_id
  join invoices i on i.id = coalesce(d.invoice_id, e.invoice_id)
  where i.status <> 'void' and (
    (i.paid_date is not null and i.credited_cents = 0 and i.subtotal_cents + i.tax_cents > 0 and coalesce(e.paid, 0) <> coalesce(d.share, 0))
    or abs(coalesce(e.paid, 0)) > abs(coalesce(d.share, 0)) + 0.00001
    or coalesce(e.kept, 0) not between least(0, coalesce(d.share, 0)) - 0.00001 and greatest(0, coalesce(d.share, 0)) + 0.00001
    or (i.paid_date is null and e.paid <> 0))`;

/** What refunds and disputes take back is for one that there is, and never more than nothing. */
const TAKEN_BACK = `
  select 'partner ' || partner_id || ' earned ' || sum(amount) || ' by ' || kind || ' of workspace ' || tenant_id as subject
  from commission_events where kind in ('topup_refunded', 'invoice_refunded', 'dispute_lost')
  group by partner_id, tenant_id, kind having sum(amount) > 0
  union all
  select 'partner ' || e.partner_id || ': ' || e.amount || ' for a dispute that there is not'
  from commission_events e where e.kind = 'dispute_lost'
    and not exists (select from disputes d where d.tenant_id = e.tenant_id and d.id = e.dispute_id)`;

const all = (...parts: readonly string[]) => parts.map((part) => `(${part})`).join("\nunion all\n");

/** What must hold between the ledger, wallets, credit and what partners earn. */
export const MONEY_CHECKS: readonly LedgerCheck[] = [
  {
    id: "I8",
    title: "Wallets, credit, holds and caps are the sum of what changed them",
    sql: all(BALANCES, LOTS, HELD, WINDOWS, FROZEN, OWED, SETTLED, PROJECTION),
  },
  { id: "I9", title: "Everything used was taken from a wallet, and nothing else", sql: USED },
  { id: "I10", title: "What paid for a row adds up to it, and so does the partner's share", sql: FUNDED },
  {
    id: "I13",
    title: "Partners earn the commission that customers paid for, once, and are paid what they earned",
    sql: all(PAYABLE, EARNED, TAKEN_BACK, ...PAYOUT_RULES),
  },
];
