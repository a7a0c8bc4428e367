import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import { chargesOf, takenBy } from "./banks";
import { rowsOf, type World } from "./world";

const BELOW_ZERO = `
  select 'credit ' || id || ' has ' || remaining as what from credit_lots where tenant_id = any($1) and (remaining < 0 or remaining > amount)
  union all select 'wallet ' || tenant_id || ': allowance ' || allowance || ', held ' || held || ', frozen ' || frozen from wallets
    where tenant_id = any($1) and (allowance < 0 or held < 0 or frozen < 0)
  union all select 'invoice ' || invoice_number || ': paid ' || paid_cents || ', credited ' || credited_cents || ' of ' || subtotal_cents + tax_cents
    from invoices where tenant_id = any($1) and (paid_cents < 0 or credited_cents < 0 or paid_cents > subtotal_cents + tax_cents
      or credited_cents > greatest(subtotal_cents + tax_cents, 0) or (paid_date is null and status <> 'void' and paid_cents + credited_cents > greatest(subtotal_cents + tax_cents, 0)))`;

/** Credit is kept from being spent while a bank has the payment that bought it, or became it, and no longer. */
const FROZEN = `
  select 'credit ' || l.id || ' of ' || l.key || ' is ' || case when l.is_frozen then '' else 'not ' end || 'frozen' as what
  from credit_lots l where l.tenant_id = any($1) and l.is_frozen <> exists (
    select from disputes d join payments p on p.id = d.payment_id left join topups t on t.id = p.topup_id
    where d.tenant_id = l.tenant_id and d.status in ('needs_response', 'under_review') and (t.lot_id = l.id
      or l.key = 'overpaid:' || p.id
      or l.key in (select 'credit_note:' || n.id from credit_notes n where n.tenant_id = p.tenant_id and n.invoice_id = p.invoice_id)
      or l.key in (select 'refund:' || r.id || ':as_credit' from refunds r where r.tenant_id = p.tenant_id and r.payment_id = p.id)))`;

/** Money as our books have it, of cards alone. */
const BOOKED = `
  select (select coalesce(sum(amount_cents), 0) from payments where tenant_id = $1 and status = 'succeeded' and method = 'card') as taken,
    (select coalesce(sum(r.amount_cents), 0) from refunds r join payments p on p.id = r.payment_id
      where r.tenant_id = $1 and r.status <> 'failed' and r.stripe_refund_id is not null) as refunded,
    (select coalesce(sum(amount_cents), 0) from disputes where tenant_id = $1 and status = 'lost') as lost`;

/**
 * What is kept of a customer's payments, and what partners earned by that customer. A bank may take back what was refunded
 * before: that is no partner's loss.
 */
const EARNED = `
  select (select coalesce(sum(greatest(p.amount_cents
      - (select coalesce(sum(amount_cents), 0) from refunds r where r.payment_id = p.id and r.status = 'succeeded')
      - (select coalesce(sum(amount_cents), 0) from disputes d where d.payment_id = p.id and d.status = 'lost'), 0)), 0)
      from payments p where p.tenant_id = $1 and p.status = 'succeeded') as cents,
    (select coalesce(sum(amount), 0) * 100 from commission_events where tenant_id = $1)
      + (select coalesce(sum(payable), 0) * 100 from ledger_funding where tenant_id = $1) as earned,
    (select coalesce(sum(partner_commission), 0) * 100 from ledger_entries where tenant_id = $1 and entry_type = 'usage') as accrued,
    (select coalesce(-sum(payable), 0) * 100 from ledger_funding where tenant_id = $1 and source = 'promo') as given`;

async function cashOf(world: World, tenantId: string): Promise<string[]> {
  const { double } = world;
  const charges = chargesOf(world).filter(
    (charge) =>
      double.world.paymentIntents.where(
        ({ id, metadata }) => id === charge.payment_intent && metadata.tenant_id === tenantId,
      ).length > 0,
  );
  const sum = (amounts: readonly number[]) => amounts.reduce((all, amount) => all + amount, 0);
  const isOurs = (charge: unknown) => charges.some(({ id }) => id === charge);
  const isPreventedByMoney = (one: Parameters<typeof takenBy>[0] & { status: string }) =>
    one.status === "prevented" && takenBy(one) > 0;
  const there = {
    taken: sum(charges.map(({ amount }) => amount)),
    refunded: sum(
      double.world.refunds
        .where(({ charge, status }) => isOurs(charge) && status !== "failed" && status !== "canceled")
        .map(({ amount }) => amount),
    ),
    lost: sum(
      double.world.disputes
        .where((one) => isOurs(one.charge) && (one.status === "lost" || isPreventedByMoney(one)))
        .map(({ amount }) => amount),
    ),
  };
  const [here] = await rowsOf<Record<keyof typeof there, string>>(BOOKED, [tenantId]);
  return (Object.keys(there) as (keyof typeof there)[])
    .filter((what) => Number(here?.[what]) !== there[what])
    .map((what) => `Stripe: ${what} ${there[what]} of ${tenantId}, booked are ${here?.[what]}`);
}

async function commissionOf(tenantId: string): Promise<string[]> {
  const [row] = await rowsOf<{ cents: string; earned: string; accrued: string; given: string }>(EARNED, [
    tenantId,
  ]);
  const [cents, accrued] = [Number(row?.cents), Number(row?.accrued)];
  // What a partner gave away costs it, whatever it earned.
  const earned = Number(row?.earned) + Number(row?.given);
  const broken: string[] = [];
  // Each taking back may leave a micro, each invoice half a cent a line.
  if (earned < -1) broken.push(`partners have earned ${earned} cents by ${tenantId}`);
  if (earned > cents + 5)
    broken.push(`partners have earned ${earned} cents by ${tenantId}, who paid ${cents}`);
  if (earned > accrued + 5) broken.push(`partners have earned ${earned} cents by ${tenantId} of ${accrued}`);
  return broken;
}

/** What was told before: a story is not blamed for another's. */
const known = new Set<string>();

/** The rules that do not hold, once everything was heard. */
export async function brokenRules(world: World): Promise<string[]> {
  const tenantIds = world.customers.map(({ tenantId }) => tenantId);
  const broken = (await checkLedgerAsOperator())
    .filter(({ count }) => count > 0)
    .flatMap(({ id, subjects }) => subjects.map((subject) => `${id}: ${subject}`));
  for (const rule of [BELOW_ZERO, FROZEN])
    broken.push(...(await rowsOf<{ what: string }>(rule, [tenantIds])).map(({ what }) => what));
  for (const tenantId of tenantIds)
    broken.push(...(await cashOf(world, tenantId)), ...(await commissionOf(tenantId)));
  const news = broken.filter((one) => !known.has(one));
  for (const one of news) known.add(one);
  return news;
}
