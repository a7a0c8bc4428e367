import "server-only";
import { type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import type { Period } from "@/lib/billing/period";
import { firstIdAt } from "@/lib/ids";
import { type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import type { Prices, ReplayPrice, UsedThing } from "./book";

/**
 * The rows `e` of a window. A partner's are found by its index; over all tenants by their ids, which are never older than
 * what they are about.
 */
export function inWindow(scope: PartnerScope | PlatformScope, { start, end }: Period): SQL {
  const within = sql`e.occurred_at >= ${start.toISOString()}::timestamptz and e.occurred_at < ${end.toISOString()}::timestamptz`;
  return scope.kind === "partner"
    ? sql`e.partner_id = ${scope.partnerId}::uuid and ${within}`
    : sql`e.id >= ${firstIdAt(start)}::uuid and ${within}`;
}

/** Everything that was used in a window, by whom it was sold. */
export async function usedThings(
  tx: Tx,
  scope: PartnerScope | PlatformScope,
  window: Period,
): Promise<UsedThing[]> {
  const { rows } = await tx.execute<UsedThing>(sql`
    select distinct e.partner_id as "partnerId", e.resource_type as "resourceType", e.unit, e.model_key as "modelKey"
    from ledger_entries e where ${inWindow(scope, window)}`);
  return rows.map(({ partnerId, resourceType, unit, modelKey }) => ({
    partnerId,
    resourceType,
    unit,
    modelKey,
  }));
}

const rates = (name: "now" | "next", prices: Prices | null) =>
  prices && {
    [`${name}_system`]: microsToNumeric(prices.systemRate),
    [`${name}_tenant`]: microsToNumeric(prices.tenantRate),
  };

/** The prices as a table `p` to join to the ledger's rows `e`; `n` is the place in the list. */
export function priceTable(prices: readonly ReplayPrice[]): { from: SQL; matches: SQL } {
  const rows = prices.map((price, n) => ({
    n,
    partner: price.partnerId ?? "",
    resource: price.resourceType,
    unit: price.unit,
    model: price.modelKey ?? "",
    ...rates("now", price.now),
    ...rates("next", price.next),
  }));
  return {
    from: sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p(n int, partner text, resource text, unit text, model text,
      now_system numeric, now_tenant numeric, next_system numeric, next_tenant numeric)`,
    // Equalities of what is never null, so that rows meet their prices in a hash.
    matches: sql`p.resource = e.resource_type and p.unit = e.unit and p.model = coalesce(e.model_key, '')
      and p.partner = coalesce(e.partner_id::text, '')`,
  };
}

/**
 * What a row `e` costs at a price, rounded for itself as the ledger rounds: `round(quantity * rate, 6)`. A correction of all
 * of a row is its exact opposite; one of a part takes back the same share. What has no price stays as it was.
 */
function costAt(kind: "tenant" | "system", price: SQL): SQL {
  const cost = sql.raw(kind === "tenant" ? "e.tenant_cost" : "e.platform_cost");
  const rate = sql.raw(kind === "tenant" ? "e.tenant_rate" : "e.system_rate");
  return sql`case when ${price} is null then ${cost}
    when e.entry_type <> 'adjustment' then round(e.quantity * ${price}, 6)
    when ${rate} = 0 then ${cost} else round(${cost} * ${price} / ${rate}, 6) end`;
}

export const tenantNow = costAt("tenant", sql.raw("p.now_tenant"));
/** What only today's prices know stays at them. */
export const tenantNext = costAt("tenant", sql.raw("coalesce(p.next_tenant, p.now_tenant)"));
const baseNow = costAt("system", sql.raw("p.now_system"));
const baseNext = costAt("system", sql.raw("coalesce(p.next_system, p.now_system)"));

/** The rows of one tenant for one thing together: as they were billed, at today's prices, and at the draft's. */
export type ReplayGroup = {
  readonly tenantId: string;
  readonly price: ReplayPrice;
  readonly quantityMicros: bigint;
  readonly billed: Micros;
  readonly now: Micros;
  readonly next: Micros;
  /** The base cost within them: what is left is the partner's. */
  readonly billedBase: Micros;
  readonly nowBase: Micros;
  readonly nextBase: Micros;
};

type Row = Readonly<
  Record<
    "tenant_id" | "quantity" | "billed" | "now" | "next" | "billed_base" | "now_base" | "next_base",
    string
  > & { n: number }
>;

const total = (cost: SQL) => sql`sum(${cost})::numeric(24,6)`;

/**
 * Every row of a window at three prices, summed by tenant and thing. Exact: each row is rounded before it is added. Each has
 * its price; the outer join tells the planner that none is lost, so that it sums them in a hash.
 */
export async function replay(
  tx: Tx,
  scope: PartnerScope | PlatformScope,
  window: Period,
  prices: readonly ReplayPrice[],
): Promise<ReplayGroup[]> {
  if (prices.length === 0) return [];
  const { from, matches } = priceTable(prices);
  const { rows } = await tx.execute<Row>(sql`
    select e.tenant_id, p.n, ${total(sql`e.quantity`)} as quantity,
      ${total(sql`e.tenant_cost`)} as billed, ${total(tenantNow)} as now, ${total(tenantNext)} as next,
      ${total(sql`e.platform_cost`)} as billed_base, ${total(baseNow)} as now_base, ${total(baseNext)} as next_base
    from ledger_entries e left join ${from} on ${matches}
    where ${inWindow(scope, window)} group by e.tenant_id, p.n`);
  return rows.flatMap((row) => {
    const price = prices[row.n];
    if (!price) return [];
    return [
      {
        tenantId: row.tenant_id,
        price,
        quantityMicros: microsFromNumeric(row.quantity),
        billed: microsFromNumeric(row.billed),
        now: microsFromNumeric(row.now),
        next: microsFromNumeric(row.next),
        billedBase: microsFromNumeric(row.billed_base),
        nowBase: microsFromNumeric(row.now_base),
        nextBase: microsFromNumeric(row.next_base),
      },
    ];
  });
}
