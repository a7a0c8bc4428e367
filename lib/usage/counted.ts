import { and, eq, gt, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { usageCounted, usageSums } from "@/db/schema/usage-sums";
import { ledgerFunding } from "@/db/schema/wallets";
import { firstIdAt } from "@/lib/ids";
import { startOfDay } from "@/lib/tenants/periods";

const DAY_MS = 86_400_000;
const NO_ID = "00000000-0000-0000-0000-000000000000";
const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** A stretch of time `[start, end)` in SQL. A bound that is left out is no bound. */
export type Stretch = { readonly start?: SQL; readonly end?: SQL };

/** From where figures are read: the sums and what is not in them yet, or the ledger's rows alone. They are the same. */
export type Source = "sums" | "ledger";

/** Days of rows behind which the ledger alone is read faster than the sums with all that is not in them. */
export const LAG_DAYS = 2;

/** Whence the figures of a workspace are quickly there: from the sums, unless counting has far to go, as after an upgrade. */
export async function sourceFor(tx: Tx, tenantId: string): Promise<Source> {
  const [counted] = await tx
    .select({ until: usageCounted.until })
    .from(usageCounted)
    .where(eq(usageCounted.tenantId, tenantId));
  if (!counted || Number.isNaN(counted.until.getTime())) return "ledger";
  const late = firstIdAt(new Date(counted.until.getTime() + (LAG_DAYS + 1) * DAY_MS));
  const [behind] = await tx
    .select({ id: ledgerEntries.id })
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.tenantId, tenantId), gt(ledgerEntries.id, late)))
    .limit(1);
  return behind ? "ledger" : "sums";
}

/** A point in time as SQL. */
export const instantOf = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`;

/** The UTC day of a point in time, as a date. */
export const dayOf = (at: SQL): SQL => sql`(${at} at time zone 'UTC')::date`;

/*
 * The planner cannot know how few rows are not counted, and would read the whole ledger for them. `offset 0` has it do things
 * in the order in which they stand here. Of ids between two bounds it expects few, and so an index on them is used; also
 * under row policies, because the bounds are plain columns there.
 */

/** How far a workspace is counted, as `c`; where there is no row nothing is. */
const counted = (tenant: SQL): SQL => sql`(
  select coalesce(k.until, '-infinity'::timestamptz) as until, coalesce(k.after_id, ${NO_ID}::uuid) as after_id
  from (select) one left join ${usageCounted} k on k.tenant_id = ${tenant} offset 0) c`;

/**
 * Rows of a workspace's ledger that are in no sum yet, whenever it was that they are about.
 * @param wanted a select from the ledger `e`, to its `where`
 * @param within what else is asked of them
 */
export function uncounted(tenant: SQL, wanted: SQL, within = sql``): SQL {
  return sql`select l.* from ${counted(tenant)} cross join lateral (${wanted}
    where e.tenant_id = ${tenant} and e.id > c.after_id and e.id <= ${LAST_ID}::uuid and e.created_at >= c.until ${within} offset 0) l`;
}

/** Of funding `f` of an entry `e`: what was owed and is paid by credit that came later. It has a time of its own. */
export const isRepaid = sql`(f.amount < 0 and e.tenant_cost > 0)`;

const FUNDED = sql`cross join lateral (select f.amount from ${ledgerFunding} f
  where f.tenant_id = e.tenant_id and f.ledger_entry_id = e.id and f.source = 'receivable' offset 0) f`;

/**
 * What no credit has paid of a workspace's usage, and what later credit did pay of it, since it was counted.
 * @param wanted columns of the ledger `e` and its funding `f`
 * @param within what is asked of both
 * @param upTo before when they were written
 */
export function uncountedOwed(tenant: SQL, wanted: SQL, within = sql``, upTo?: SQL): SQL {
  const own = sql`${upTo ? sql`and e.created_at < ${upTo}` : sql``} and not ${isRepaid} ${within}`;
  return sql`${uncounted(tenant, sql`select ${wanted} from ${ledgerEntries} e ${FUNDED}`, own)}
    union all
    select l.* from ${counted(tenant)} cross join ${ledgerFunding} f cross join lateral (
      select ${wanted} from ${ledgerEntries} e
      where e.tenant_id = f.tenant_id and e.id = f.ledger_entry_id and ${isRepaid} ${within} offset 0) l
    where f.tenant_id = ${tenant} and f.source = 'receivable' and f.amount < 0 and f.created_at >= c.until
      ${upTo ? sql`and f.created_at < ${upTo}` : sql``}`;
}

const USED = sql`${dayOf(sql`e.occurred_at`)} as day, e.agent_id, e.workflow_id, e.model_key, e.resource_type, e.quantity, e.tenant_cost`;

/** Of rows of the ledger `e`: whether it was used then. */
export function happened({ start, end }: Stretch): SQL {
  return sql`${start ? sql`and e.occurred_at >= ${start}` : sql``} ${end ? sql`and e.occurred_at < ${end}` : sql``}`;
}

/** Of sums `s` by day: whether it was used then. */
export function onDays({ start, end }: Stretch): SQL {
  return sql`${start ? sql`and s.day >= ${dayOf(start)}` : sql``} ${end ? sql`and s.day < ${dayOf(end)}` : sql``}`;
}

const usedIn = (tenant: SQL, stretch: Stretch): SQL =>
  sql`select ${USED} from ${ledgerEntries} e where e.tenant_id = ${tenant} ${happened(stretch)}`;

/**
 * What a workspace used in whole UTC days: rows of `day, agent_id, workflow_id, model_key, resource_type, quantity,
 * tenant_cost` whose sums are those of the ledger's rows, to the last digit. They are the sums that are counted and the
 * ledger's rows that are not: both are read in one statement, and so of one moment.
 */
export function usedOnDays(tenant: SQL, days: Stretch, source: Source = "sums"): SQL {
  if (source === "ledger") return usedIn(tenant, days);
  return sql`select s.day, s.agent_id, s.workflow_id, s.model_key, s.resource_type, s.quantity, s.tenant_cost
    from ${usageSums} s where s.tenant_id = ${tenant} ${onDays(days)}
    union all
    ${uncounted(tenant, sql`select ${USED} from ${ledgerEntries} e`, happened(days))}`;
}

/** The whole UTC days of a stretch, and what of it lies in parts of days. */
function wholeDays(start: Date, end?: Date): { days: Stretch | null; parts: Stretch[] } {
  const isMidnight = startOfDay(start).getTime() === start.getTime();
  const first = isMidnight ? start : new Date(startOfDay(start).getTime() + DAY_MS);
  const last = end && startOfDay(end);
  if (end && last && last < first)
    return { days: null, parts: [{ start: instantOf(start), end: instantOf(end) }] };
  const head = isMidnight ? [] : [{ start: instantOf(start), end: instantOf(first) }];
  const tail = end && last && last < end ? [{ start: instantOf(last), end: instantOf(end) }] : [];
  const days = { start: instantOf(first), ...(last ? { end: instantOf(last) } : {}) };
  return { days, parts: [...head, ...tail] };
}

const together = (selects: readonly SQL[]): SQL => sql.join([...selects], sql` union all `);

const stretchOf = (start: Date, end?: Date): Stretch => ({
  start: instantOf(start),
  ...(end ? { end: instantOf(end) } : {}),
});

/** The same in any stretch of time: days that are not in it as a whole are read from the ledger. */
export function usedBetween(tenant: SQL, start: Date, end?: Date, source: Source = "sums"): SQL {
  if (source === "ledger") return usedIn(tenant, stretchOf(start, end));
  const { days, parts } = wholeDays(start, end);
  return together([
    ...(days ? [usedOnDays(tenant, days)] : []),
    ...parts.map((part) => usedIn(tenant, part)),
  ]);
}

const owedIn = (tenant: SQL, stretch: Stretch): SQL => sql`select f.amount from ${ledgerEntries} e
  join ${ledgerFunding} f on f.tenant_id = e.tenant_id and f.ledger_entry_id = e.id and f.source = 'receivable'
  where e.tenant_id = ${tenant} ${happened(stretch)}`;

/** What no credit has paid of that: rows of `amount`. */
export function owedBetween(tenant: SQL, start: Date, end?: Date, source: Source = "sums"): SQL {
  if (source === "ledger") return owedIn(tenant, stretchOf(start, end));
  const { days, parts } = wholeDays(start, end);
  const ofDays = days && [
    sql`select s.owed as amount from ${usageSums} s where s.tenant_id = ${tenant} ${onDays(days)}`,
    uncountedOwed(tenant, sql`f.amount`, happened(days)),
  ];
  return together([...(ofDays ?? []), ...parts.map((part) => owedIn(tenant, part))]);
}
