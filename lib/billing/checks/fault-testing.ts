export type Run = (text: string) => Promise<unknown>;
export type Fault = readonly [id: string, what: string, plant: (run: Run) => Promise<unknown>];

/** What an owner of the database can write. */
export const change = (text: string) => (run: Run) => run(text);

/** As an owner alone can: with the constraints of a table gone. */
export const without =
  (table: string, constraints: readonly string[], text: string): Fault[2] =>
  async (run) => {
    for (const name of constraints) await run(`alter table ${table} drop constraint ${name}`);
    await run(text);
  };

/** A payout to the partner, with its number, sequence, gross and cents. */
export const payout = (status: string, values: string) =>
  change(`insert into partner_payouts (id, partner_id, period_start, period_end, status, number, sequence, gross, amount_cents)
    select gen_random_uuid(), partner_id, now(), now() + interval '1 day', '${status}', ${values} from commission_events limit 1`);

/** The same ledger row again, with what is set. */
export const another = (set: Record<string, string>) => {
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
