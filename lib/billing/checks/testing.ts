import { ROLES } from "@/db/policies";
import { database } from "@/db/pool";
import { LEDGER_CHECKS } from "../checks";
import { DOCUMENT_FAULTS } from "./document-testing";
import { ENTRY_FAULTS } from "./entry-testing";
import type { Fault, Run } from "./fault-testing";
import { MONEY_FAULTS } from "./money-testing";

/** At least one fault for each check, as only an owner of the database can make it. */
export const FAULTS: readonly Fault[] = [...ENTRY_FAULTS, ...MONEY_FAULTS, ...DOCUMENT_FAULTS];

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
