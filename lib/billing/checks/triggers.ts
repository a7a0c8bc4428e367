import { TABLES } from "@/db/registry";
import type { TableRule } from "@/db/rules";
import type { LedgerCheck } from "./check";

const APPEND_ONLY = Object.entries<TableRule>(TABLES).flatMap(([table, rule]) =>
  rule.appendOnly ? [table] : [],
);

/** Table and trigger, of what a constraint cannot say. */
const OTHERS = [
  ["ledger_entries", "ledger_entries_reversal"],
  ["invoices", "invoices_change"],
  ["invoice_lines", "invoice_lines_change"],
  ["invoice_entry_links", "invoice_entry_links_added"],
  ["invoice_entry_links", "invoice_entry_links_moved_in"],
  ["invoice_entry_links", "invoice_entry_links_moved_out"],
  ["invoice_entry_links", "invoice_entry_links_removed"],
  ["partner_payouts", "partner_payouts_change"],
] as const;

const WANTED = [
  ...APPEND_ONLY.flatMap((table) => [
    [table, `${table}_append_only`] as const,
    [table, `${table}_no_truncate`] as const,
  ]),
  ...OTHERS,
];

/** That evidence only grows, and that final documents are frozen. */
export const TRIGGER_CHECKS: readonly LedgerCheck[] = [
  {
    id: "I6",
    title: "Evidence only grows, and final documents are frozen: the triggers are in place",
    sql: `select 'the trigger ' || wanted.name || ' is missing or disabled' as subject
          from (values ${WANTED.map(([table, name]) => `('${table}', '${name}')`).join(", ")}) wanted(of_table, name)
          where not exists (select from pg_trigger t where t.tgrelid = to_regclass('public.' || wanted.of_table)
            and t.tgname = wanted.name and t.tgenabled in ('O', 'A'))`,
  },
];
