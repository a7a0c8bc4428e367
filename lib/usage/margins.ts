import "server-only";
import { type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { marginSums, usageCounted } from "@/db/schema/usage-sums";
import { type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import { monthStart } from "@/lib/month-start";
import { dayOf, happened, LAG_DAYS, onDays, type Source, type Stretch, uncounted } from "./counted";

const HELD = sql`h.tenant_id`;
const MADE = sql`select e.tenant_id, ${dayOf(sql`e.occurred_at`)} as day, e.partner_id, e.platform_cost, e.tenant_cost,
  e.partner_commission from ${ledgerEntries} e`;

/** Below the ids of rows that are written from then on. */
const idAt = (at: SQL): SQL =>
  sql`(lpad(to_hex(floor(extract(epoch from ${at}) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid`;

/**
 * Whence the margins of many workspaces are quickly there: from the sums, unless counting one of them has far to go.
 * @param tenants a select of `tenant_id`, each once
 */
export async function sourceForAll(tx: Tx, tenants: SQL): Promise<Source> {
  const lag = sql`make_interval(days => ${LAG_DAYS})`;
  const isCounted = sql`k.until > '-infinity'`;
  // Not counted at all: old rows of it are behind. Else those that are newer by days than what is counted.
  const bounds = sql`select ${HELD}, ${isCounted} as is_counted,
    case when ${isCounted} then ${idAt(sql`(k.until + ${lag})`)} else ${idAt(sql`(now() - ${lag})`)} end as bound
    from (${tenants}) h left join ${usageCounted} k on k.tenant_id = ${HELD} offset 0`;
  const behind = (beyond: SQL) => sql`select from (${bounds}) h cross join lateral (
    select from ${ledgerEntries} e where e.tenant_id = ${HELD} and ${beyond} limit 1) e`;
  const { rows } = await tx.execute<{ is_behind: boolean }>(sql`select
    exists (${behind(sql`h.is_counted and e.id > h.bound`)})
    or exists (${behind(sql`h.is_counted is not true and e.id < h.bound`)}) as is_behind`);
  return rows[0]?.is_behind ? "ledger" : "sums";
}

/**
 * What was used in whole UTC days at both prices, and by whom it was sold: rows of `tenant_id, day, partner_id, platform_cost,
 * tenant_cost, partner_commission` whose sums are those of the ledger's rows that are seen, to the last digit. Sums and rows
 * that are not in them yet are read in one statement, and so of one moment.
 * @param tenants a select of `tenant_id`, each once
 */
export function marginsOnDays(tenants: SQL, days: Stretch, source: Source = "sums"): SQL {
  if (source === "ledger")
    return sql`${MADE} join (${tenants}) h on ${HELD} = e.tenant_id where true ${happened(days)}`;
  return sql`select s.tenant_id, s.day, s.partner_id, s.platform_cost, s.tenant_cost, s.partner_commission
    from (${tenants}) h join ${marginSums} s on s.tenant_id = ${HELD} where true ${onDays(days)}
    union all
    select u.* from (${tenants}) h cross join lateral (${uncounted(HELD, MADE, happened(days))}) u`;
}

/** A sum of these rows as `numeric(18,6)`; zero when there is nothing to add. */
export const total = (column: "platform_cost" | "tenant_cost" | "partner_commission") =>
  sql<string>`coalesce(sum(${sql.identifier(column)}), 0)::numeric(18,6)`;

type Money = { revenue: string; cost: string; commission: string };
export type RecentMargins = { month: Money; byDay: ({ day: string } & Money)[] };

const CHART_DAYS = 30;

/**
 * What was made of the usage of workspaces this month (UTC), and on each of the last thirty days.
 * @param marginsOf rows of `marginsOnDays`
 */
export async function recentMargins(
  tx: Tx,
  marginsOf: (days: Stretch) => SQL | Promise<SQL>,
): Promise<RecentMargins> {
  const firstShown = sql`date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' - make_interval(days => ${CHART_DAYS - 1})`;
  const start = sql`least(${monthStart}, ${firstShown})`;
  const { rows } = await tx.execute<{ day: string; in_month: boolean } & Money>(sql`
    select to_char(day, 'YYYY-MM-DD') as day, day >= ${dayOf(monthStart)} as in_month, ${total("tenant_cost")} as revenue,
      ${total("platform_cost")} as cost, ${total("partner_commission")} as commission
    from (${await marginsOf({ start })}) m group by day order by day`);
  const ofMonth = rows.filter((row) => row.in_month);
  const sum = (of: keyof Money) =>
    microsToNumeric(ofMonth.reduce<Micros>((all, row) => all + microsFromNumeric(row[of]), 0n));
  return {
    month: { revenue: sum("revenue"), cost: sum("cost"), commission: sum("commission") },
    byDay: rows.map(({ in_month: _, ...row }) => row),
  };
}
