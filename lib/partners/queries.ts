import "server-only";
import { and, desc, eq, gte, ilike, lt, sql } from "drizzle-orm";
import { asPartner } from "@/db/access";
import { partnerMembers, partners, tenants, users } from "@/db/schema/auth";
import { invoices, ledgerEntries, subscriptions } from "@/db/schema/billing";
import { auditLog } from "@/db/schema/system";
import type { PartnerScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { containing } from "@/lib/like";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import type { ListCustomersInput } from "./input";

const monthStart = sql`date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'`;
const dollars = (column: unknown) => sql<string>`coalesce(sum(${column}), 0)::numeric(18,6)`;

export type CustomerRow = {
  id: string;
  name: string;
  status: string;
  suspendedReason: string | null;
  people: number;
  monthRevenue: string;
  monthCommission: string;
  createdAt: Date;
};

const monthSum = (column: typeof ledgerEntries.tenantCost | typeof ledgerEntries.partnerCommission) =>
  sql<string>`(select coalesce(sum(${column}), 0)::numeric(18,6) from ${ledgerEntries}
    where ${ledgerEntries.tenantId} = ${tenants.id} and ${ledgerEntries.occurredAt} >= ${monthStart})`;

const CUSTOMER = {
  id: tenants.id,
  name: tenants.name,
  status: sql<string>`coalesce(${tenants.status}, 'active')`,
  suspendedReason: tenants.suspendedReason,
  people: sql<number>`(select count(*)::int from ${users} where ${users.tenantId} = ${tenants.id})`,
  monthRevenue: monthSum(ledgerEntries.tenantCost),
  monthCommission: monthSum(ledgerEntries.partnerCommission),
  createdAt: tenants.createdAt,
} as const;

/** The partner's customers, newest first, with this month's money (UTC). */
export async function listCustomers(
  scope: PartnerScope,
  input: ListCustomersInput,
): Promise<Page<CustomerRow>> {
  authorize(scope, "customer.read");
  const rows = await asPartner(scope, (tx) =>
    tx
      .select(CUSTOMER)
      .from(tenants)
      .where(
        and(
          eq(tenants.partnerId, scope.partnerId),
          input.q ? ilike(tenants.name, containing(input.q)) : undefined,
          input.status ? eq(tenants.status, input.status) : undefined,
          input.cursor ? lt(tenants.id, input.cursor) : undefined,
        ),
      )
      .orderBy(desc(tenants.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(rows, PAGE_SIZE);
}

export type CustomerDetail = CustomerRow & {
  planName: string | null;
  team: { id: string; fullName: string; email: string; role: string; isActive: boolean }[];
  usage: {
    resourceType: string;
    modelKey: string | null;
    unit: string;
    quantity: string;
    platformCost: string;
    tenantCost: string;
    commission: string;
  }[];
};

/** One customer: its people, and what it used this month at both prices. @throws AppError `not_found` */
export async function getCustomer(scope: PartnerScope, tenantId: string): Promise<CustomerDetail> {
  authorize(scope, "customer.read");
  if (!isId(tenantId)) throw new AppError("not_found", "This customer does not exist.");
  return asPartner(scope, async (tx) => {
    const [customer] = await tx
      .select(CUSTOMER)
      .from(tenants)
      .where(and(eq(tenants.id, tenantId), eq(tenants.partnerId, scope.partnerId)));
    if (!customer) throw new AppError("not_found", "This customer does not exist.");
    const team = await tx
      .select({
        id: users.id,
        fullName: users.fullName,
        email: users.email,
        role: sql<string>`coalesce(${users.role}, 'user')`,
        isActive: sql<boolean>`coalesce(${users.isActive}, false)`,
      })
      .from(users)
      .where(eq(users.tenantId, tenantId))
      .orderBy(users.fullName);
    const usage = await tx
      .select({
        resourceType: ledgerEntries.resourceType,
        modelKey: ledgerEntries.modelKey,
        unit: ledgerEntries.unit,
        quantity: dollars(ledgerEntries.quantity),
        platformCost: dollars(ledgerEntries.platformCost),
        tenantCost: dollars(ledgerEntries.tenantCost),
        commission: dollars(ledgerEntries.partnerCommission),
      })
      .from(ledgerEntries)
      .where(and(eq(ledgerEntries.tenantId, tenantId), sql`${ledgerEntries.occurredAt} >= ${monthStart}`))
      .groupBy(ledgerEntries.resourceType, ledgerEntries.modelKey, ledgerEntries.unit)
      .orderBy(desc(sql`sum(${ledgerEntries.tenantCost})`));
    const [plan] = await tx
      .select({ name: subscriptions.planName })
      .from(subscriptions)
      .where(eq(subscriptions.tenantId, tenantId))
      .limit(1);
    return { ...customer, planName: plan?.name ?? null, team, usage };
  });
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
      .select({ count: sql<number>`count(*)::int`, amount: dollars(invoices.totalAmount) })
      .from(invoices)
      .where(eq(invoices.status, "pending"));
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
        tenantName: sql<string>`max(${tenants.name})`,
        month,
        revenue: dollars(ledgerEntries.tenantCost),
        platformCost: dollars(ledgerEntries.platformCost),
        commission: dollars(ledgerEntries.partnerCommission),
      })
      .from(ledgerEntries)
      .innerJoin(tenants, eq(tenants.id, ledgerEntries.tenantId))
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
        tenantName: sql<string>`max(${tenants.name})`,
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
      .innerJoin(tenants, eq(tenants.id, ledgerEntries.tenantId))
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
      .orderBy(sql`max(${tenants.name})`, ledgerEntries.resourceType, ledgerEntries.modelKey),
  );
}

export type PartnerMember = {
  id: string;
  fullName: string;
  email: string;
  isContact: boolean;
  joinedAt: Date;
};

/** The partner's own people. */
export async function listPartnerTeam(scope: PartnerScope): Promise<PartnerMember[]> {
  authorize(scope, "partner_team.read");
  return asPartner(scope, (tx) =>
    tx
      .select({
        id: users.id,
        fullName: users.fullName,
        email: users.email,
        isContact: sql<boolean>`${partners.adminUserId} is not distinct from ${users.id}`,
        joinedAt: partnerMembers.createdAt,
      })
      .from(partnerMembers)
      .innerJoin(users, eq(users.id, partnerMembers.userId))
      .innerJoin(partners, eq(partners.id, partnerMembers.partnerId))
      .where(eq(partnerMembers.partnerId, scope.partnerId))
      .orderBy(users.fullName),
  );
}

export type PartnerAuditRow = {
  id: string;
  action: string;
  targetType: string;
  targetId: string | null;
  reason: string | null;
  createdAt: Date;
};

/** What was done in the partner console, newest first. */
export async function listPartnerAudit(scope: PartnerScope, cursor?: string): Promise<Page<PartnerAuditRow>> {
  authorize(scope, "partner_audit.read");
  const rows = await asPartner(scope, (tx) =>
    tx
      .select({
        id: auditLog.id,
        action: auditLog.action,
        targetType: auditLog.targetType,
        targetId: auditLog.targetId,
        reason: auditLog.reason,
        createdAt: auditLog.createdAt,
      })
      .from(auditLog)
      .where(and(eq(auditLog.partnerId, scope.partnerId), cursor ? lt(auditLog.id, cursor) : undefined))
      .orderBy(desc(auditLog.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(rows, PAGE_SIZE);
}
