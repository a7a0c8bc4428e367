import { ROLES } from "@/db/policies";
import { database } from "@/db/pool";
import { LEDGER_CHECKS } from "../checks";
import { FEE_FAULTS } from "./fee-testing";

type Run = (text: string) => Promise<unknown>;
export type Fault = readonly [id: string, what: string, plant: (run: Run) => Promise<unknown>];

const change = (text: string) => (run: Run) => run(text);
/** As an owner alone can: with the constraints of a table gone. */
const without =
  (table: string, constraints: readonly string[], text: string): Fault[2] =>
  async (run) => {
    for (const name of constraints) await run(`alter table ${table} drop constraint ${name}`);
    await run(text);
  };
/** The same ledger row again, with what is set. */
const another = (set: Record<string, string>) => {
  const columns = [
    "tenant_id",
    "partner_id",
    "resource_type",
    "quantity",
    "unit",
    "platform_cost",
    "tenant_cost",
    "partner_commission",
    "entry_type",
    "reverses_id",
    "system_rate",
    "tenant_rate",
    "occurred_at",
    "idempotency_key",
  ];
  const values = columns.map((name) => set[name] ?? (name === "idempotency_key" ? "'another'" : name));
  return `insert into ledger_entries (id, ${columns.join(", ")})
    select gen_random_uuid(), ${values.join(", ")} from ledger_entries order by id limit 1`;
};
/** A payout to the partner, with its number, sequence, gross and cents. */
const payout = (status: string, values: string) =>
  change(`insert into partner_payouts (id, partner_id, period_start, period_end, status, number, sequence, gross, amount_cents)
    select gen_random_uuid(), partner_id, now(), now() + interval '1 day', '${status}', ${values} from commission_events limit 1`);
const wallet = (set: string) => change(`update wallets set ${set}`);

const PAYOUT = `insert into partner_payouts (id, partner_id, period_start, period_end, gross, amount_cents)
  values (gen_random_uuid(), (select partner_id from commission_events limit 1), now() - interval '1 day', now(),`;

/** At least one fault for each check, as only an owner of the database can make it. */
export const FAULTS: readonly Fault[] = [
  [
    "I1",
    "a cost that is no sum",
    without("ledger_entries", ["ledger_entries_sum_check"], another({ platform_cost: "0" })),
  ],
  [
    "I2",
    "a commission of nobody",
    without("ledger_entries", ["ledger_entries_direct_check"], another({ partner_id: "null" })),
  ],
  [
    "I3",
    "usage of less than nothing",
    without("ledger_entries", ["ledger_entries_usage_check"], another({ quantity: "-1" })),
  ],
  [
    "I4",
    "usage recorded twice",
    without(
      "ledger_entries",
      ["ledger_entries_idempotency_unique"],
      another({ idempotency_key: "idempotency_key" }),
    ),
  ],
  [
    "I5",
    "a reversal of another amount",
    (run) => run(another({ entry_type: "'reversal'", reverses_id: "id" })),
  ],
  [
    "I5",
    "a second reversal",
    async (run) => {
      await run("drop index ledger_entries_reversal_unique");
      const negated = Object.fromEntries(
        ["quantity", "platform_cost", "tenant_cost", "partner_commission"].map((name) => [name, `-${name}`]),
      );
      for (const key of ["'r1'", "'r2'"])
        await run(another({ ...negated, entry_type: "'reversal'", reverses_id: "id", idempotency_key: key }));
    },
  ],
  [
    "I6",
    "a ledger that can be changed",
    change("alter table ledger_entries disable trigger ledger_entries_append_only"),
  ],
  ["I6", "funding that can be emptied", change("drop trigger ledger_funding_no_truncate on ledger_funding")],
  [
    "I6",
    "credit that can be rewritten",
    change("drop trigger credit_transactions_append_only on credit_transactions"),
  ],
  [
    "I6",
    "final invoices that can be changed",
    change("alter table invoices disable trigger invoices_change"),
  ],
  ["I7", "a price that was not applied", (run) => run(another({ tenant_rate: "tenant_rate + 0.000001" }))],
  ["I7", "a base price that was not applied", (run) => run(another({ quantity: "quantity + 0.000001" }))],
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
  ["I11", "a total", change("update invoices set total_amount = total_amount + 0.01 where sequence = 1")],
  [
    "I11",
    "a line",
    change("update invoice_lines set amount = amount + 0.000001 where kind = 'usage' and position = 1"),
  ],
  [
    "I11",
    "the cents of a line",
    change("update invoice_lines set amount_cents = amount_cents + 1 where kind = 'usage'"),
  ],
  [
    "I11",
    "what credit covered",
    change("update invoice_lines set amount = amount + 0.000001 where kind = 'covered'"),
  ],
  ["I11", "usage that left its invoice", change("delete from invoice_entry_links")],
  [
    "I11",
    "a tax of bought credit that nobody was told of",
    change("update topups set tax_cents = tax_cents + 1, total_cents = total_cents + 1 where tax_cents > 0"),
  ],
  [
    "I11",
    "bought credit that was not invoiced",
    change("update invoices set topup_id = null where kind = 'topup'"),
  ],
  [
    "I11",
    "bought credit that went back without a credit note",
    change(`insert into refunds (id, tenant_id, payment_id, amount_cents, tax_cents, status, reason)
      select gen_random_uuid(), tenant_id, id, 119, 19, 'succeeded', 'none' from payments where topup_id is not null`),
  ],
  ["I12", "a gap", change("update invoices set sequence = sequence + 100 where sequence > 1")],
  ["I12", "a number that is missing at the start", change("update invoices set sequence = sequence + 100")],
  [
    "I12",
    "a final invoice without a number",
    change("update invoices set sequence = null where sequence = 2"),
  ],
  ["I12", "a payout's number that is missing", payout("approved", "'PS-2', 2, 0, 0")],
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
  ["I13", "a payout of more than its items", change(`${PAYOUT} 2, 200)`)],
  [
    "I13",
    "a payout of what nobody earned",
    change(`${PAYOUT} 1, 100);
      insert into payout_items (id, payout_id, partner_id, commission_event_id, amount)
      select gen_random_uuid(), p.id, p.partner_id, e.id, 1 from partner_payouts p, commission_events e`),
  ],
  [
    "I14",
    "a price under the base price",
    without("ledger_entries", ["ledger_entries_floor_check"], another({ tenant_rate: "0.5" })),
  ],
  [
    "I15",
    "usage sold by another one",
    change("update tenant_partner_history set partner_id = null where partner_id is not null"),
  ],
  [
    "I16",
    "a holder that nobody wrote down",
    change(
      "alter table tenants disable trigger user; update tenants set partner_id = null where partner_id is not null",
    ),
  ],
  [
    "I16",
    "a time in which nobody held a tenant",
    change(`update tenant_partner_history set effective_to = now() - interval '1 hour';
      insert into tenant_partner_history (id, tenant_id, partner_id, effective_from) select gen_random_uuid(), id, partner_id, now() from tenants`),
  ],
  ...FEE_FAULTS.map(([what, text]): Fault => ["I17", what, change(text)]),
  [
    "R2",
    "a call of a model that nobody paid for",
    change(`insert into model_calls (id, tenant_id, model_key, provider, purpose, call_key, status, input_tokens)
      select gen_random_uuid(), tenant_id, 'm', 'p', 'agent', 'k', 'settled', 1 from wallets`),
  ],
];

const TABLES_OF_EVIDENCE = [
  "ledger_entries",
  "ledger_funding",
  "credit_transactions",
  "commission_events",
  "invoices",
  "invoice_lines",
  "invoice_entry_links",
];

/** What an owner can do: no trigger, no foreign key of funding. */
export async function pastTriggers(run: Run): Promise<void> {
  for (const table of TABLES_OF_EVIDENCE) await run(`alter table ${table} disable trigger user`);
  await run(
    "alter table ledger_funding drop constraint ledger_funding_tenant_id_ledger_entry_id_ledger_entries_tenant_id_id_fk",
  );
}

/** Plants a fault, asks as the operator does, and takes everything back. */
export async function findingsAfter(plant: Fault[2]): Promise<string[]> {
  const client = await (await database()).pool.connect();
  const run = (text: string) => client.query(text);
  await run("begin");
  try {
    await plant(run);
    await run(`set local role ${ROLES.platform}`);
    const found: string[] = [];
    for (const { id, sql } of LEDGER_CHECKS) if ((await client.query(sql)).rows.length > 0) found.push(id);
    return found;
  } finally {
    await run("rollback");
    client.release();
  }
}
