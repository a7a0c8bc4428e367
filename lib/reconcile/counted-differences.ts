import { sql } from "drizzle-orm";
import { ledgerEntries } from "@/db/schema/billing";
import { marginSums, usageCounted, usageRuns, usageSums } from "@/db/schema/usage-sums";
import { ledgerFunding } from "@/db/schema/wallets";
import { dayOf, instantOf, isRepaid } from "@/lib/usage/counted";
import { ask } from "./check";

/** So many days are compared in one statement. */
const DAYS = 31;
const DAY_MS = 86_400_000;

/** The days of a workspace of which other figures are counted than its ledger's rows add up to. */
export async function countedDifferences(tenantId: string): Promise<string[]> {
  const { first, last } = await stretchOf(tenantId);
  const found: string[] = [];
  for (let at = first; at <= last; at += DAYS * DAY_MS)
    found.push(...(await differencesIn(tenantId, new Date(at), new Date(at + DAYS * DAY_MS))));
  return found;
}

/** From the first day to the last one that either knows. */
async function stretchOf(tenantId: string): Promise<{ first: number; last: number }> {
  const mine = sql`tenant_id = ${tenantId}::uuid`;
  const used = dayOf(sql`occurred_at`);
  const [row] = await ask<{ first: string | null; last: string | null }>(sql`
    select min(day)::text as first, max(day)::text as last from (
      select min(day) as day from ${usageSums} where ${mine}
      union all select max(day) from ${usageSums} where ${mine}
      union all (select ${used} from ${ledgerEntries} where ${mine} order by occurred_at limit 1)
      union all (select ${used} from ${ledgerEntries} where ${mine} order by occurred_at desc limit 1)
    ) d`);
  return row?.first && row.last
    ? { first: Date.parse(row.first), last: Date.parse(row.last) }
    : { first: 1, last: 0 };
}

/** In one statement, and so of one moment: what is counted meanwhile changes nothing. */
async function differencesIn(tenantId: string, start: Date, end: Date): Promise<string[]> {
  const tenant = sql`${tenantId}::uuid`;
  const day = dayOf(sql`e.occurred_at`);
  const kept = sql`tenant_id = ${tenant} and day >= ${dayOf(instantOf(start))} and day < ${dayOf(instantOf(end))}`;
  const held = sql`e.tenant_id = ${tenant} and e.occurred_at >= ${instantOf(start)} and e.occurred_at < ${instantOf(end)}`;
  // A payment that came later is counted by its own time, the rest by that of the entry.
  const owed = sql`select f.ledger_entry_id, sum(f.amount) as owed from c cross join ${ledgerEntries} e
    join ${ledgerFunding} f on f.tenant_id = e.tenant_id and f.ledger_entry_id = e.id and f.source = 'receivable'
    where ${held} and case when ${isRepaid} then f.created_at else e.created_at end < c.until group by 1`;
  const rows = await ask<{ day: string }>(sql`
    with c as materialized (select until from ${usageCounted} where tenant_id = ${tenant}),
    held as materialized (
      select ${day} as day, e.agent_id, e.workflow_id, e.model_key, e.resource_type, sum(e.quantity) as quantity,
        sum(e.tenant_cost) as tenant_cost, sum(coalesce(o.owed, 0)) as owed
      from c cross join ${ledgerEntries} e left join (${owed}) o on o.ledger_entry_id = e.id
      where ${held} and e.created_at < c.until group by 1, 2, 3, 4, 5
    ), kept as materialized (
      select day, agent_id, workflow_id, model_key, resource_type, quantity, tenant_cost, owed from ${usageSums} where ${kept}
    ), held_runs as materialized (
      select ${day} as day, count(distinct coalesce(e.root_execution_id, e.execution_id)) as runs
      from c cross join ${ledgerEntries} e where ${held} and e.created_at < c.until and e.execution_id is not null group by 1
    ), kept_runs as materialized (
      select day, sum(runs) as runs from ${usageRuns} where ${kept} and part = 'all' group by 1 having sum(runs) <> 0
    ), held_margins as materialized (
      select ${day} as day, e.partner_id, sum(e.platform_cost) as platform_cost, sum(e.partner_commission) as commission
      from c cross join ${ledgerEntries} e where ${held} and e.created_at < c.until group by 1, 2
    ), kept_margins as materialized (
      select day, partner_id, platform_cost, partner_commission from ${marginSums} where ${kept}
    )
    select distinct day::text as day from (
      select day from (table held except table kept) a union all select day from (table kept except table held) b
      union all
      select day from (table held_runs except table kept_runs) a union all select day from (table kept_runs except table held_runs) b
      union all
      select day from (table held_margins except table kept_margins) a
      union all select day from (table kept_margins except table held_margins) b
    ) d order by 1`);
  return rows.map((row) => row.day);
}
