import "server-only";
import { and, asc, count, desc, eq, ilike, lt, type SQL, sql } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { partners, tenants, users } from "@/db/schema/auth";
import { documents } from "@/db/schema/knowledge";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { worstStage } from "@/lib/dunning/worst-stage";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { containing } from "@/lib/like";
import { monthStart } from "@/lib/month-start";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import { readPlanNames } from "@/lib/plans/names";
import { usedOnDays } from "@/lib/usage/counted";
import type { ListTenantsInput } from "../input";
import { runsToday } from "./platform";

export type TenantRow = {
  id: string;
  name: string;
  status: string;
  /** How far its unpaid invoices have come: 0 when none is overdue. */
  dunningStage: number;
  partnerId: string | null;
  partnerName: string | null;
  people: number;
  /** What it used since the first of the month (UTC), at its own prices. */
  monthCost: string;
  createdAt: Date;
};

/** What each workspace used, at its own prices. */
const costOf = (days: { start?: SQL }) =>
  sql<string>`(select coalesce(sum(tenant_cost), 0)::numeric(18,6) from (${usedOnDays(sql`${tenants.id}`, days)}) used)`;

const ROW = {
  id: tenants.id,
  name: tenants.name,
  status: sql<string>`coalesce(${tenants.status}, 'active')`,
  dunningStage: worstStage,
  partnerId: tenants.partnerId,
  partnerName: partners.name,
  people: sql<number>`(select count(*)::int from ${users} where ${users.tenantId} = ${tenants.id})`,
  monthCost: costOf({ start: monthStart }),
  createdAt: tenants.createdAt,
} as const;

/** All workspaces, newest first. */
export async function listTenants(scope: PlatformScope, input: ListTenantsInput): Promise<Page<TenantRow>> {
  authorize(scope, "tenant.read");
  const rows = await asPlatform(scope, (tx) =>
    tx
      .select(ROW)
      .from(tenants)
      .leftJoin(partners, eq(partners.id, tenants.partnerId))
      .where(
        and(
          input.q ? ilike(tenants.name, containing(input.q)) : undefined,
          input.status ? eq(tenants.status, input.status) : undefined,
          input.partnerId ? eq(tenants.partnerId, input.partnerId) : undefined,
          input.cursor ? lt(tenants.id, input.cursor) : undefined,
        ),
      )
      .orderBy(desc(tenants.id))
      .limit(PAGE_SIZE + 1),
  );
  return toPage(rows, PAGE_SIZE);
}

const NAMES_SHOWN = 500;

/**
 * Workspaces by name, for a choice in a form or a filter; at most 500.
 * @param chosen one that is among them however many there are: the page shows what is its
 */
export async function listTenantNames(
  scope: PlatformScope,
  chosen?: string,
): Promise<{ id: string; name: string }[]> {
  authorize(scope, "tenant.read");
  const first = chosen ? [desc(eq(tenants.id, chosen))] : [];
  const rows = await asPlatform(scope, (tx) =>
    tx
      .select({ id: tenants.id, name: tenants.name })
      .from(tenants)
      .orderBy(...first, asc(tenants.name))
      .limit(NAMES_SHOWN),
  );
  return rows.sort((a, b) => a.name.localeCompare(b.name));
}

export type TenantDetail = TenantRow & {
  suspendedReason: string | null;
  /** The workspace of a partner itself: its people are the partner's team. */
  isPartnersOwn: boolean;
  /** What its plan is called; null where it never had a subscription. */
  planName: string | null;
  runsToday: number;
  failedToday: number;
  documents: number;
  totalCost: string;
};

/** One workspace with its figures; nothing of its contents. @throws AppError `not_found` */
export async function getTenant(scope: PlatformScope, tenantId: string): Promise<TenantDetail> {
  authorize(scope, "tenant.read");
  if (!isId(tenantId)) throw new AppError("not_found", "This workspace does not exist.");
  return asPlatform(scope, async (tx) => {
    const [tenant] = await tx
      .select({
        ...ROW,
        suspendedReason: tenants.suspendedReason,
        isPartnersOwn: sql<boolean>`exists (select from ${partners} own where own.home_tenant_id = ${tenants.id})`,
        totalCost: costOf({}),
      })
      .from(tenants)
      .leftJoin(partners, eq(partners.id, tenants.partnerId))
      .where(eq(tenants.id, tenantId));
    if (!tenant) throw new AppError("not_found", "This workspace does not exist.");
    const [today] = await runsToday(tx, tenantId);
    const [files] = await tx.select({ all: count() }).from(documents).where(eq(documents.tenantId, tenantId));
    const [plan] = await tx
      .select({ key: subscriptions.planName })
      .from(subscriptions)
      .where(eq(subscriptions.tenantId, tenantId))
      .orderBy(desc(subscriptions.id))
      .limit(1);
    return {
      ...tenant,
      planName: plan ? ((await readPlanNames(tx))[plan.key] ?? plan.key) : null,
      runsToday: today?.all ?? 0,
      failedToday: today?.failed ?? 0,
      documents: files?.all ?? 0,
    };
  });
}
