import { another, change, type Fault, without } from "./fault-testing";

/** What can be wrong with ledger entries, who held their tenant, and what guards them. */
export const ENTRY_FAULTS: readonly Fault[] = [
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
  [
    "R2",
    "a call of a model that nobody paid for",
    change(`insert into model_calls (id, tenant_id, model_key, provider, purpose, call_key, status, input_tokens)
      select gen_random_uuid(), tenant_id, 'm', 'p', 'agent', 'k', 'settled', 1 from wallets`),
  ],
];
