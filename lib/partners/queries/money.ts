import "server-only";
import { and, desc, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { asPartner } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import { invoices } from "@/db/schema/invoices";
import { tenantPartnerHistory as history } from "@/db/schema/partner-money";
import type { PartnerScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { UNPAID_STATUSES } from "@/lib/billing/state";
import { monthStart } from "@/lib/month-start";
import { dollars } from "../store";

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

/** The partner's month so far (UTC), from the ledger. */
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
    const [month] = await tx
      .select({
        revenue: dollars(ledgerEntries.tenantCost),
        cost: dollars(ledgerEntries.platformCost),
        commission: dollars(ledgerEntries.partnerCommission),
      })
      .from(ledgerEntries)
      .where(sql`${ledgerEntries.occurredAt} >= ${monthStart}`);
    const [unpaid] = await tx
      .select({
        count: sql<number>`count(*)::int`,
        amount: dollars(
          sql`${invoices.totalAmount} - (${invoices.paidCents} + ${invoices.creditedCents}) * 0.01`,
        ),
      })
      .from(invoices)
      .where(inArray(invoices.status, [...UNPAID_STATUSES]));
    const day = sql<string>`to_char(${ledgerEntries.occurredAt} at time zone 'UTC', 'YYYY-MM-DD')`;
    const byDay = await tx
      .select({
        day,
        cost: dollars(ledgerEntries.platformCost),
        commission: dollars(ledgerEntries.partnerCommission),
      })
      .from(ledgerEntries)
      .where(sql`${ledgerEntries.occurredAt} >= now() - interval '30 days'`)
      .groupBy(day)
      .orderBy(day);
    return {
      partnerName: partner?.name ?? "",
      customers: customers?.all ?? 0,
      suspended: customers?.suspended ?? 0,
      monthRevenue: month?.revenue ?? "0.000000",
      monthCost: month?.cost ?? "0.000000",
      monthCommission: month?.commission ?? "0.000000",
      unpaid: { count: unpaid?.count ?? 0, amount: unpaid?.amount ?? "0.000000" },
      byDay,
    };
  });
}

/** A customer that left is called what it was called then; nothing else of it is seen any more. */
const customerName = sql<string>`coalesce(max(${tenants.name}),
  (select h.left_as from ${history} h where h.tenant_id = ${ledgerEntries.tenantId} and h.left_as is not null
    order by h.effective_to desc limit 1), 'A former customer')`;

export type MarginRow = {
  tenantId: string;
  tenantName: string;
  month: string;
  revenue: string;
  platformCost: string;
  commission: string;
};

/** Margin by customer and month between two months (UTC), newest month first. */
export async function listMargins(
  scope: PartnerScope,
  range: { start: Date; end: Date },
): Promise<MarginRow[]> {
  authorize(scope, "margin.read");
  const month = sql<string>`to_char(${ledgerEntries.occurredAt} at time zone 'UTC', 'YYYY-MM')`;
  return asPartner(scope, (tx) =>
    tx
      .select({
        tenantId: ledgerEntries.tenantId,
        tenantName: customerName,
        month,
        revenue: dollars(ledgerEntries.tenantCost),
        platformCost: dollars(ledgerEntries.platformCost),
        commission: dollars(ledgerEntries.partnerCommission),
      })
      .from(ledgerEntries)
      .leftJoin(tenants, eq(tenants.id, ledgerEntries.tenantId))
      .where(and(gte(ledgerEntries.occurredAt, range.start), lt(ledgerEntries.occurredAt, range.end)))
      .groupBy(ledgerEntries.tenantId, month)
      .orderBy(desc(month), desc(sql`sum(${ledgerEntries.partnerCommission})`)),
  );
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
        tenantName: customerName,
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
      .orderBy(customerName, ledgerEntries.resourceType, ledgerEntries.modelKey),
  );
}
