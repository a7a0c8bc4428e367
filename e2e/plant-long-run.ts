import { closeDatabase, database } from "@/db/pool";
import { analyzeRuns, plantRun } from "@/lib/runs/trace-testing";
import { LONG_RUN_ID, LONG_RUN_STEPS } from "./long-run";

const { pool } = await database();
const { rows } = await pool.query(
  "select w.id, w.tenant_id, r.id as run from workflows w left join executions r on r.id = $1 where w.name = 'Answer a customer'",
  [LONG_RUN_ID],
);
const [workflow] = rows;
if (!workflow.run) {
  // Not in the ledger: usage that no invoice has yet would be on the next one.
  const run = { part: { id: LONG_RUN_ID }, cost: null };
  await plantRun({ tenantId: workflow.tenant_id }, workflow.id, LONG_RUN_STEPS, run);
  await analyzeRuns();
}
await closeDatabase();
