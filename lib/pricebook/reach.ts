import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { availableOf } from "@/lib/wallet/available";
import type { ReplayPrice } from "./book";
import { inWindow, priceTable, tenantNext, tenantNow } from "./replay";
import type { ReplayWindow } from "./window";

/** A cap that a customer's usage would be over at the draft's prices. */
export type CapReach = {
  readonly capId: string;
  readonly tenantId: string;
  /** tenant | agent | run */
  readonly scope: string;
  /** day | month | run */
  readonly period: string;
  /** With what was allowed on top in the fullest of its windows. */
  readonly bound: Micros;
  /** How many days, months or runs would be over it, and how many of them are at today's prices too. */
  readonly over: number;
  readonly overToday: number;
  /** The fullest of them. */
  readonly worstNow: Micros;
  readonly worstNext: Micros;
};

type Row = {
  id: string;
  tenant_id: string;
  scope: string;
  period: string;
  bound: string;
  over: number;
  over_today: number;
  now: string;
  next: string;
};

/**
 * Caps as they stand today, held against usage as it was: by day and month in UTC and by run as `app.cap_places` counts
 * them, without what was taken back. A month is the whole window. What customers spent is summed once for all their caps.
 */
export async function capsReached(
  tx: Tx,
  scope: PartnerScope | PlatformScope,
  window: ReplayWindow,
  prices: readonly ReplayPrice[],
): Promise<CapReach[]> {
  if (prices.length === 0) return [];
  const { from, matches } = priceTable(prices);
  const ofPartner = scope.kind === "partner" ? sql`and t.partner_id = ${scope.partnerId}::uuid` : sql``;
  const monthKey = window.isMonth ? window.key : null;
  const { rows } = await tx.execute<Row>(sql`
    with caps as materialized (
      select c.id, c.tenant_id, c.scope, c.agent_id, c.period, c.amount from spend_caps c
      join tenants t on t.id = c.tenant_id ${ofPartner} where c.is_active
    ), used as materialized (
      select e.tenant_id, e.agent_id, to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD') as day,
        case when e.tenant_id in (select tenant_id from caps where scope = 'run') then coalesce(e.root_execution_id, e.execution_id) end as run,
        sum(${tenantNow}) as now, sum(${tenantNext}) as next
      from ledger_entries e left join ${from} on ${matches}
      where ${inWindow(scope, window)} and e.entry_type = 'usage' and e.tenant_id in (select tenant_id from caps)
      group by 1, 2, 3, 4
    ), windows as (
      select c.id, case c.period when 'day' then u.day when 'run' then u.run::text else ${monthKey}::text end as key,
        sum(u.now) as now, sum(u.next) as next
      from caps c join used u on u.tenant_id = c.tenant_id and (c.agent_id is null or c.agent_id = u.agent_id)
        and (c.scope <> 'run' or u.run is not null)
      group by 1, 2
    ), bounded as (
      select c.*, w.now, w.next, c.amount + coalesce(x.extra, 0) as bound
      from windows w join caps c on c.id = w.id
      left join cap_windows x on x.tenant_id = c.tenant_id and x.cap_id = c.id and x.window_key = w.key
    )
    select distinct on (id) id, tenant_id, scope, period, bound::numeric(18,6) as bound, now::numeric(24,6) as now, next::numeric(24,6) as next,
      count(*) over (partition by id)::int as over, count(*) filter (where now > bound) over (partition by id)::int as over_today
    from bounded where next > bound order by id, next desc`);
  return rows.map((row) => ({
    capId: row.id,
    tenantId: row.tenant_id,
    scope: row.scope,
    period: row.period,
    bound: microsFromNumeric(row.bound),
    over: row.over,
    overToday: row.over_today,
    worstNow: microsFromNumeric(row.now),
    worstNext: microsFromNumeric(row.next),
  }));
}

type Wallet = Record<"allowance" | "balance" | "held" | "frozen" | "credit_limit", string> & {
  tenant_id: string;
};

/** A customer whose credit of today would not have covered what its usage would have cost more. */
export type CreditReach = { readonly tenantId: string; readonly available: Micros; readonly missing: Micros };

/** Credit and limits as they stand today, held against what usage would have cost more. */
export async function creditReached(tx: Tx, more: ReadonlyMap<string, Micros>): Promise<CreditReach[]> {
  const dearer = [...more].filter(([, micros]) => micros > 0n).map(([tenantId]) => tenantId);
  if (dearer.length === 0) return [];
  const { rows } = await tx.execute<Wallet>(sql`
    select tenant_id, allowance, balance, held, frozen, credit_limit from wallets
    where tenant_id in (select jsonb_array_elements_text(${JSON.stringify(dearer)}::jsonb)::uuid)`);
  return rows.flatMap((row) => {
    const available = availableOf({
      allowance: microsFromNumeric(row.allowance),
      balance: microsFromNumeric(row.balance),
      held: microsFromNumeric(row.held),
      frozen: microsFromNumeric(row.frozen),
      creditLimit: microsFromNumeric(row.credit_limit),
    });
    const missing = (more.get(row.tenant_id) ?? 0n) - available;
    return missing > 0n ? [{ tenantId: row.tenant_id, available, missing }] : [];
  });
}
