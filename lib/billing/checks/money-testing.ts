import { another, change, type Fault, payout } from "./fault-testing";

const wallet = (set: string) => change(`update wallets set ${set}`);

const PAYOUT = `insert into partner_payouts (id, partner_id, period_start, period_end, gross, amount_cents)
  values (gen_random_uuid(), (select partner_id from commission_events limit 1), now() - interval '1 day', now(),`;

/** What can be wrong with wallets, credit, funding and what partners earn. */
export const MONEY_FAULTS: readonly Fault[] = [
  ["I8", "a balance", wallet("balance = balance + 0.000001")],
  ["I8", "an allowance", wallet("allowance = allowance + 0.000001")],
  ["I8", "what is held", wallet("held = held + 0.000001")],
  ["I8", "what is frozen", wallet("frozen = 1")],
  ["I8", "when credit ends", wallet("next_expiry_at = now() + interval '1 day'")],
  [
    "I8",
    "what is left of a lot",
    change("update credit_lots set remaining = remaining - 0.000001 where remaining > 0"),
  ],
  [
    "I8",
    "a lot that is closed too early",
    change("update credit_lots set closed_at = now() where remaining > 0"),
  ],
  ["I8", "a hold that was lost", change("delete from credit_holds")],
  ["I8", "what a cap holds", change("update cap_windows set held = held + 1")],
  [
    "I8",
    "a transaction that was lost",
    change("delete from credit_transactions where kind = 'grant' and source = 'promo'"),
  ],
  [
    "I8",
    "the balance that a subscription shows",
    change("update subscriptions set credit_balance = credit_balance + 1"),
  ],
  [
    "I8",
    "an invoice that paid its debt twice",
    change(`with again as (
        insert into credit_transactions (id, tenant_id, kind, source, amount, balance_after, allowance_after, invoice_id, key)
        select gen_random_uuid(), tenant_id, kind, source, amount, balance_after, allowance_after, invoice_id, 'again'
        from credit_transactions where kind = 'invoice_payment' returning tenant_id, amount
      ), paid as (
        update wallets w set balance = balance + a.amount from again a where a.tenant_id = w.tenant_id returning w.tenant_id, w.balance
      )
      update subscriptions s set credit_balance = p.balance from paid p where p.tenant_id = s.tenant_id`),
  ],
  [
    "I8",
    "an invoice that is paid, and still owed",
    change("update credit_transactions set invoice_id = null where kind = 'invoice_payment'"),
  ],
  ["I9", "usage that nobody paid for", (run) => run(another({}))],
  [
    "I9",
    "a payment for no usage",
    change(
      "update credit_transactions set amount = amount - 1 where kind = 'usage' and source = 'receivable'",
    ),
  ],
  [
    "I10",
    "funding that is too little",
    change("update ledger_funding set amount = amount - 0.000001 where source = 'plan'"),
  ],
  [
    "I10",
    "a share that is too much",
    change("update ledger_funding set commission_share = commission_share + 0.000001 where source = 'paid'"),
  ],
  [
    "I10",
    "funding of nothing",
    change("update ledger_funding set ledger_entry_id = gen_random_uuid() where source = 'plan'"),
  ],
  [
    "I13",
    "money that came back of a payout, and is owed to nobody",
    async (run) => {
      await run("alter table partner_payouts drop constraint partner_payouts_reversed_check");
      await payout("draft", "null, null, 0, 0")(run);
      await run("update partner_payouts set reversed_cents = 100");
    },
  ],
  [
    "I13",
    "a commission nobody paid for",
    change("update ledger_funding set payable = commission_share where source = 'plan'"),
  ],
  [
    "I13",
    "a commission that is not paid out",
    change("update ledger_funding set payable = 0 where source = 'paid'"),
  ],
  ["I13", "a commission that was not earned", change("delete from commission_events")],
  [
    "I13",
    "a commission earned twice",
    change(`insert into commission_events (id, partner_id, tenant_id, kind, amount, invoice_id, earned_at, key)
      select gen_random_uuid(), partner_id, tenant_id, kind, amount, invoice_id, earned_at, 'again' from commission_events`),
  ],
  [
    "I13",
    "a commission lost to a dispute that there is not",
    change(`insert into commission_events (id, partner_id, tenant_id, kind, amount, dispute_id, earned_at, key)
      select gen_random_uuid(), partner_id, tenant_id, 'dispute_lost', -1, gen_random_uuid(), now(), 'none' from commission_events limit 1`),
  ],
  [
    "I13",
    "a refund that earned",
    change(`insert into commission_events (id, partner_id, tenant_id, kind, amount, earned_at, key)
      select gen_random_uuid(), partner_id, tenant_id, 'topup_refunded', 1, now(), 'none' from commission_events limit 1`),
  ],
  [
    "I13",
    "an earning that is never looked at again",
    change(`insert into partner_accounts (partner_id, unpaid_from)
      select partner_id, 'ffffffff-ffff-7fff-bfff-ffffffffffff' from ledger_funding where payable <> 0 limit 1`),
  ],
  ["I13", "a payout of more than its items", change(`${PAYOUT} 2, 200)`)],
  [
    "I13",
    "a payout of what no payout before had left over",
    change(`insert into partner_payouts (id, partner_id, period_start, period_end, carry_in, amount_cents)
      select gen_random_uuid(), partner_id, now() - interval '1 day', now(), 5, 500 from commission_events limit 1`),
  ],
  [
    "I13",
    "a payout of what nobody earned",
    change(`${PAYOUT} 1, 100);
      insert into payout_items (id, payout_id, partner_id, commission_event_id, amount)
      select gen_random_uuid(), p.id, p.partner_id, e.id, 1 from partner_payouts p, commission_events e`),
  ],
];
