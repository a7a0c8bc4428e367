import { sql } from "drizzle-orm";
import { asTenant, asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import { ledgerFunding } from "@/db/schema/wallets";
import { newId } from "@/lib/ids";
import type { TestTenant } from "@/lib/testing/scopes";
import { instantOf, owedBetween, type Source, usedBetween } from "./counted";
import { runsOnDays } from "./runs";

/** Runs without anything in them. */
export async function makeRuns(
  { job, tenantId }: TestTenant,
  count: number,
  rootId?: string,
): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  const ofRoot = rootId ? { rootExecutionId: rootId, trigger: "workflow" } : {};
  await asWorker(job, (tx) => tx.insert(executions).values(ids.map((id) => ({ id, tenantId, ...ofRoot }))));
  return ids;
}

const DAY_MS = 86_400_000;
const RUN_GROUPS = {
  day: sql`to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD')`,
  agent: sql`e.agent_id::text`,
  workflow: sql`e.workflow_id::text`,
  model: sql`e.model_key`,
  resource: sql`e.resource_type`,
} as const;

/** What the pages are given of a stretch of time and what the ledger holds of it, of one moment: they must be equal. */
export async function bothOf(
  { admin, tenantId }: TestTenant,
  [start, end]: readonly [Date, Date],
  source: Source,
) {
  const mine = sql`${tenantId}::uuid`;
  const within = sql`e.tenant_id = ${mine} and e.occurred_at >= ${instantOf(start)} and e.occurred_at < ${instantOf(end)}`;
  const sums = sql`day::text, agent_id, workflow_id, model_key, resource_type, sum(quantity)::text, sum(tenant_cost)::text`;
  const ledger = sql`select (e.occurred_at at time zone 'UTC')::date as day, e.agent_id, e.workflow_id, e.model_key, e.resource_type,
    e.quantity, e.tenant_cost from ${ledgerEntries} e where ${within}`;
  const rowsOf = (query: ReturnType<typeof sql>) =>
    sql`(select coalesce(jsonb_agg(to_jsonb(q) order by to_jsonb(q)), '[]') from (${query}) q)`;
  const midnight = (at: Date) => Math.floor(at.getTime() / DAY_MS) * DAY_MS;
  const days = {
    start: instantOf(new Date(midnight(start))),
    end: instantOf(new Date(midnight(end) + DAY_MS)),
  };
  const onDays = sql`e.tenant_id = ${mine} and e.occurred_at >= ${days.start} and e.occurred_at < ${days.end}`;
  const parts = Object.entries(RUN_GROUPS).map(([part, key]) => ({
    told: sql`select ${part}::text as part, key, is_total, sum(runs) as runs from (${runsOnDays(mine, days, part as keyof typeof RUN_GROUPS, source)}) r
      group by 1, 2, 3 having sum(runs) <> 0`,
    held: sql`select ${part}::text as part, key, grouping(key) as is_total, count(distinct run) as runs
      from (select ${key} as key, coalesce(e.root_execution_id, e.execution_id) as run from ${ledgerEntries} e where ${onDays}) k
      group by grouping sets ((key), ()) having count(distinct run) > 0`,
  }));
  const together = (which: "told" | "held") =>
    sql.join(
      parts.map((part) => sql`(${part[which]})`),
      sql` union all `,
    );
  const { rows } = await asTenant(admin, (tx) =>
    tx.execute<Record<string, unknown>>(sql`select
      ${rowsOf(sql`select ${sums} from (${usedBetween(mine, start, end, source)}) u group by 1, 2, 3, 4, 5`)} as told_sums,
      ${rowsOf(sql`select ${sums} from (${ledger}) u group by 1, 2, 3, 4, 5`)} as held_sums,
      (select coalesce(sum(amount), 0)::numeric(18,6)::text from (${owedBetween(mine, start, end, source)}) o) as told_owed,
      (select coalesce(sum(f.amount), 0)::numeric(18,6)::text from ${ledgerEntries} e join ${ledgerFunding} f
        on f.tenant_id = e.tenant_id and f.ledger_entry_id = e.id and f.source = 'receivable' where ${within}) as held_owed,
      ${rowsOf(together("told"))} as told_runs, ${rowsOf(together("held"))} as held_runs`),
  );
  const { told_sums, held_sums, told_owed, held_owed, told_runs, held_runs } = rows[0] ?? {};
  return {
    told: { sums: told_sums, owed: told_owed, runs: told_runs },
    held: { sums: held_sums, owed: held_owed, runs: held_runs },
  };
}
