import { type SQL, sql } from "drizzle-orm";
import { ledgerEntries } from "@/db/schema/billing";
import { RUN_PARTS, usageCounted, usageRuns } from "@/db/schema/usage-sums";
import { dayOf, type Source, uncounted } from "./counted";

export type RunPart = (typeof RUN_PARTS)[number];

/** What tells the groups of a part from each other, of the rows `x`. */
const KEYS: Readonly<Record<RunPart, SQL>> = {
  all: sql`null`,
  agent: sql`x.agent_id::text`,
  workflow: sql`x.workflow_id::text`,
  model: sql`x.model_key`,
  resource: sql`x.resource_type`,
};

const COLUMNS = sql`${dayOf(sql`e.occurred_at`)} as day, e.agent_id, e.workflow_id, e.model_key, e.resource_type`;

/**
 * The rows of runs that are not counted yet, as `written`, and what is counted of the same runs with them, as `x`, where
 * `is_earlier` says which: the head of a statement.
 * @param within to which rows of the ledger `e` it is confined
 * @param upTo to which of those that are not counted
 */
function withRuns(tenant: SQL, within: SQL, upTo = sql``): SQL {
  const later = sql`select coalesce(e.root_execution_id, e.execution_id) as run, ${COLUMNS} from ${ledgerEntries} e`;
  const earlier = (isOfRun: SQL) => sql`select ${COLUMNS} from ${ledgerEntries} e
    where e.tenant_id = ${tenant} and ${isOfRun} and e.created_at < c.until ${within}`;
  return sql`written as materialized (${uncounted(tenant, later, sql`and e.execution_id is not null ${within} ${upTo}`)}),
    x as materialized (
      select *, false as is_earlier from written
      union all
      select w.run, y.*, true from ${usageCounted} c cross join (select distinct run from written) w
      cross join lateral (
        ${earlier(sql`e.execution_id = w.run and e.root_execution_id is null`)}
        union all ${earlier(sql`e.root_execution_id = w.run`)} offset 0
      ) y
      where c.tenant_id = ${tenant}
    )`;
}

/**
 * By how much the runs of days change with the rows that are not counted yet: rows of `day, previous_day, part, key, runs`.
 * Their runs are strung anew over the days on which they used something, and what they were before is taken off.
 * @param upTo to which of those rows
 */
export function runChanges(tenant: SQL, upTo: SQL): SQL {
  const keys = RUN_PARTS.map((part) => sql`(${part}::text, ${KEYS[part]})`);
  return sql`with ${withRuns(tenant, sql``, upTo)}, seen as (
      select x.run, p.part, p.key, x.day, bool_or(x.is_earlier) as is_earlier
      from x cross join lateral (values ${sql.join(keys, sql`, `)}) as p (part, key) group by 1, 2, 3, 4
    )
    select day, lag(day) over chain as previous_day, part, key, 1 as runs from seen
      window chain as (partition by part, run, key order by day)
    union all
    select day, lag(day) over chain, part, key, -1 from seen where is_earlier
      window chain as (partition by part, run, key order by day)`;
}

/**
 * In how many runs something was used on whole UTC days, as rows of `key, is_total, runs` to be summed: those that are
 * counted, and those of the rows that are not in which it was not used before on these days.
 */
export function runsOnDays(
  tenant: SQL,
  days: { start: SQL; end: SQL },
  groupBy: "day" | RunPart,
  source: Source = "sums",
): SQL {
  const [start, end] = [dayOf(days.start), dayOf(days.end)];
  const part = groupBy === "day" ? "all" : groupBy;
  const key = groupBy === "day" ? sql`to_char(x.day, 'YYYY-MM-DD')` : KEYS[groupBy];
  const isFirst = sql`(previous_day is null or previous_day < ${start})`;
  const counted = sql`from ${usageRuns} x where tenant_id = ${tenant} and day >= ${start} and day < ${end}`;
  const within = sql`and e.occurred_at >= ${days.start} and e.occurred_at < ${days.end}`;
  if (source === "ledger")
    return sql`with x as materialized (
        select distinct run, ${key} as key from (
          select coalesce(e.root_execution_id, e.execution_id) as run, ${COLUMNS} from ${ledgerEntries} e
          where e.tenant_id = ${tenant} and e.execution_id is not null ${within}
        ) x
      )
      select null as key, 1 as is_total, count(*) as runs from (select distinct run from x) r
      union all select key, 0, count(*) from x group by key`;
  return sql`with ${withRuns(tenant, within)}
    select null as key, 1 as is_total, runs ${counted} and part = 'all' and ${isFirst}
    union all
    select ${groupBy === "day" ? key : sql`key`}, 0, runs ${counted} and part = ${part} ${groupBy === "day" ? sql`` : sql`and ${isFirst}`}
    union all
    select null, 1, count(*) from (select from x group by run having not bool_or(is_earlier)) r
    union all
    select key, 0, count(*) from (select ${key} as key from x group by run, 1 having not bool_or(is_earlier)) r group by key`;
}
