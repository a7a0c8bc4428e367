import { sql } from "drizzle-orm";
import { executionSteps, executions } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import { ask, daysBefore, firstIdAt, LOOK_BACK_DAYS, type ReconcileCheck } from "../check";

const MINUTES_10_MS = 600_000;

/** Runs that worked, without a row; and rows of the same days whose run is not there. */
export const unbilledRuns: ReconcileCheck = {
  id: "R2",
  title: "Runs that ended are in the ledger, and the ledger's runs exist",
  meaning:
    "A run completed steps that nobody was charged for, or somebody was charged for a run that does not exist.",
  remedy:
    "Open the run. If it did work, record what it used as an adjustment; if the charge is wrong, reverse the entry from the ledger page.",
  async find(now) {
    const [from, to] = [daysBefore(now, LOOK_BACK_DAYS), new Date(now.getTime() - MINUTES_10_MS)];
    const unbilled = await ask<{ id: string; tenant: string; ended: string }>(sql`
      select e.id, e.tenant_id as tenant, to_char(e.completed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as ended from ${executions} e
      where e.id >= ${firstIdAt(from)} and e.status = 'completed' and e.workflow_id is not null
        and e.completed_at < ${to.toISOString()}::timestamptz
        and exists (select from ${executionSteps} s where s.tenant_id = e.tenant_id and s.execution_id = e.id
          and s.status = 'completed' and not s.is_pinned and s.reused_step_id is null)
        and not exists (select from ${ledgerEntries} l where l.tenant_id = e.tenant_id and l.execution_id = e.id)
      order by e.id limit 500`);
    const orphans = await ask<{ id: string; run: string }>(sql`
      select l.id, l.execution_id as run from ${ledgerEntries} l
      where l.id >= ${firstIdAt(from)} and l.execution_id is not null
        and not exists (select from ${executions} e where e.tenant_id = l.tenant_id and e.id = l.execution_id)
      order by l.id limit 500`);
    return [
      ...unbilled.map(({ id, tenant, ended }) => ({
        subject: `Run ${id} completed and was not charged`,
        key: `run:${id}`,
        detail: { workspace: tenant, run: id, ended },
      })),
      ...orphans.map(({ id, run }) => ({
        subject: `Ledger entry ${id} belongs to a run that does not exist`,
        key: `entry:${id}`,
        detail: { entry: id, run },
      })),
    ];
  },
};
