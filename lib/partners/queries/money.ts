import "server-only";
import { and, eq, gte, inArray, lt, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { asPartner, type Tx } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import { invoices } from "@/db/schema/invoices";
import { tenantPartnerHistory as history } from "@/db/schema/partner-money";
import type { PartnerScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { UNPAID_STATUSES } from "@/lib/billing/state";
import { instantOf, type Stretch } from "@/lib/usage/counted";
import { marginsOnDays, recentMargins, sourceForAll, total } from "@/lib/usage/margins";
import { dollars } from "../store";

/** Whom the partner sells to now. */
const HELD = sql`select ${tenants.id} as tenant_id from ${tenants}`;
/** Whom it has sold to before. Of them only what they used then is seen, and not how far they are counted since. */
const LEFT = sql`select distinct h.tenant_id from ${history} h where h.tenant_id not in (select t.id from ${tenants} t)`;

/** What was used of the partner in whole UTC days: see `marginsOnDays`. */
async function ownMargins(tx: Tx, days: Stretch): Promise<SQL> {
  const held = marginsOnDays(HELD, days, await sourceForAll(tx, HELD));
  return sql`${held} union all ${marginsOnDays(LEFT, days, "ledger")}`;
}

/** All the margin there ever was, whoever paid for the usage: a statement. */
export async function accruedSum(tx: Tx): Promise<SQL> {
  return sql`select ${total("partner_commission")} as amount from (${await ownMargins(tx, {})}) m`;
}

export type PartnerOverview = {
  partnerName: string;
  customers: number;
  suspended: number;
  monthRevenue: string;
  monthCost: string;
  monthCommission: string;
  unpaid: { count: number; amount: string };
  byDay: { day: string; cost: string; commission: string }[];
};

/** The partner's month so far (UTC). All figures are sums of the ledger. */
export async function getPartnerOverview(scope: PartnerScope): Promise<PartnerOverview> {
  authorize(scope, "margin.read");
  return asPartner(scope, async (tx) => {
    const [partner] = await tx
      .select({ name: partners.name })
      .from(partners)
      .where(eq(partners.id, scope.partnerId));
    const [customers] = await tx
      .select({
        all: sql<number>`count(*)::int`,
        suspended: sql<number>`count(*) filter (where ${tenants.status} = 'suspended')::int`,
      })
      .from(tenants)
      .where(eq(tenants.partnerId, scope.partnerId));
    const { month, byDay } = await recentMargins(tx, (days) => ownMargins(tx, days));
    const [unpaid] = await tx
      .select({
        count: sql<number>`count(*)::int`,
        amount: dollars(
          sql`${invoices.totalAmount} - (${invoices.paidCents} + ${invoices.creditedCents}) * 0.01`,
        ),
      })
      .from(invoices)
      .where(inArray(invoices.status, [...UNPAID_STATUSES]));
    return {
      partnerName: partner?.name ?? "",
      customers: customers?.all ?? 0,
      suspended: customers?.suspended ?? 0,
      monthRevenue: month.revenue,
      monthCost: month.cost,
      monthCommission: month.commission,
      unpaid: { count: unpaid?.count ?? 0, amount: unpaid?.amount ?? "0.000000" },
      byDay,
    };
  });
}

/** A customer that left is called what it was called then; nothing else of it is seen any more. */
const customerName = (tenantId: SQLWrapper) => sql<string>`coalesce(max(${tenants.name}),
  (select h.left_as from ${history} h where h.tenant_id = ${tenantId} and h.left_as is not null
    order by h.effective_to desc limit 1), 'A former customer')`;

export type MarginRow = {
  tenantId: string;
  tenantName: string;
  month: string;
  revenue: string;
  platformCost: string;
  commission: string;
};

/** Margin by customer and month between two months (UTC), newest month first. All figures are sums of the ledger. */
export async function listMargins(
  scope: PartnerScope,
  range: { start: Date; end: Date },
): Promise<MarginRow[]> {
  authorize(scope, "margin.read");
  const days = { start: instantOf(range.start), end: instantOf(range.end) };
  return asPartner(scope, async (tx) => {
    const { rows } = await tx.execute<MarginRow>(sql`
      select m.tenant_id as "tenantId", ${customerName(sql`m.tenant_id`)} as "tenantName", to_char(m.day, 'YYYY-MM') as month,
        ${total("tenant_cost")} as revenue, ${total("platform_cost")} as "platformCost", ${total("partner_commission")} as commission
      from (${await ownMargins(tx, days)}) m left join ${tenants} on ${tenants.id} = m.tenant_id
      group by m.tenant_id, to_char(m.day, 'YYYY-MM')
      order by month desc, sum(m.partner_commission) desc`);
    return rows;
  });
}

export type StatementRow = MarginRow & {
  resourceType: string;
  modelKey: string | null;
  unit: string;
  systemRate: string;
  tenantRate: string;
  quantity: string;
};

/** Everything a month's commission is made of: by customer, resource and price. Its sums are the margins' figures. */
export async function getStatement(
  scope: PartnerScope,
  period: { start: Date; end: Date },
): Promise<StatementRow[]> {
  authorize(scope, "statement.read");
  const month = sql<string>`to_char(${ledgerEntries.occurredAt} at time zone 'UTC', 'YYYY-MM')`;
  return asPartner(scope, (tx) =>
    tx
      .select({
        tenantId: ledgerEntries.tenantId,
        tenantName: customerName(ledgerEntries.tenantId),
        month,
        resourceType: ledgerEntries.resourceType,
        modelKey: ledgerEntries.modelKey,
        unit: ledgerEntries.unit,
        systemRate: ledgerEntries.systemRate,
        tenantRate: ledgerEntries.tenantRate,
        quantity: dollars(ledgerEntries.quantity),
        revenue: dollars(ledgerEntries.tenantCost),
        platformCost: dollars(ledgerEntries.platformCost),
        commission: dollars(ledgerEntries.partnerCommission),
      })
      .from(ledgerEntries)
      .leftJoin(tenants, eq(tenants.id, ledgerEntries.tenantId))
      .where(and(gte(ledgerEntries.occurredAt, period.start), lt(ledgerEntries.occurredAt, period.end)))
      .groupBy(
        ledgerEntries.tenantId,
        month,
        ledgerEntries.resourceType,
        ledgerEntries.modelKey,
        ledgerEntries.unit,
        ledgerEntries.systemRate,
        ledgerEntries.tenantRate,
      )
      .orderBy(customerName(ledgerEntries.tenantId), ledgerEntries.resourceType, ledgerEntries.modelKey),
  );
}
