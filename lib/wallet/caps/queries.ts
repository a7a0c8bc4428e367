import "server-only";
import { and, asc, eq, sql } from "drizzle-orm";
import { asPlatform, asTenant, type Tx } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { capWindows, spendCaps } from "@/db/schema/caps";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { databaseTime } from "@/lib/clock";
import { type Micros, microsFromNumeric } from "@/lib/money";

export type CapView = {
  id: string;
  scope: string;
  agentId: string | null;
  agentName: string | null;
  period: string;
  amount: Micros;
  isActive: boolean;
  /** stop | switch | ask */
  onReach: string;
  switchAtPercent: number;
  fallbackModelKey: string | null;
  /** In the window of now; zero for caps of runs. */
  spent: Micros;
  held: Micros;
  /** What a person allowed on top, in this window alone. */
  extra: Micros;
};

const agentName = sql<string | null>`(select a.name from ${agents} a
  where a.tenant_id = ${spendCaps.tenantId} and a.id = ${spendCaps.agentId})`;

/** @param hasNames whether agents' names are the viewer's to see */
async function readCaps(tx: Tx, tenantId: string, hasNames: boolean): Promise<CapView[]> {
  const now = sql`(${databaseTime()} at time zone 'UTC')`;
  const rows = await tx
    .select({
      id: spendCaps.id,
      scope: spendCaps.scope,
      agentId: spendCaps.agentId,
      agentName: hasNames ? agentName : sql<string | null>`null`,
      period: spendCaps.period,
      amount: spendCaps.amount,
      isActive: spendCaps.isActive,
      onReach: spendCaps.onReach,
      switchAtPercent: spendCaps.switchAtPercent,
      fallbackModelKey: spendCaps.fallbackModelKey,
      spent: sql<string>`coalesce(${capWindows.spent}, 0)::numeric(18,6)`,
      held: sql<string>`coalesce(${capWindows.held}, 0)::numeric(18,6)`,
      extra: sql<string>`coalesce(${capWindows.extra}, 0)::numeric(18,6)`,
    })
    .from(spendCaps)
    .leftJoin(
      capWindows,
      and(
        eq(capWindows.tenantId, spendCaps.tenantId),
        eq(capWindows.capId, spendCaps.id),
        eq(
          capWindows.windowKey,
          sql`case ${spendCaps.period} when 'day' then to_char(${now}, 'YYYY-MM-DD') when 'month' then to_char(${now}, 'YYYY-MM') end`,
        ),
      ),
    )
    .where(eq(spendCaps.tenantId, tenantId))
    .orderBy(
      sql`array_position(array['tenant', 'agent', 'run'], ${spendCaps.scope}::text)`,
      asc(spendCaps.agentId),
      asc(spendCaps.period),
      asc(spendCaps.id),
    );
  return rows.map((row) => ({
    ...row,
    amount: microsFromNumeric(row.amount),
    spent: microsFromNumeric(row.spent),
    held: microsFromNumeric(row.held),
    extra: microsFromNumeric(row.extra),
  }));
}

/** The caps of the workspace with how far they are used today and this month (UTC). */
export async function listCaps(scope: TenantScope): Promise<CapView[]> {
  authorize(scope, "billing.read");
  return asTenant(scope, (tx) => readCaps(tx, scope.tenantId, true));
}

/** The same of any tenant, for the platform's admins: without the names of its agents. */
export async function listTenantCaps(scope: PlatformScope, tenantId: string): Promise<CapView[]> {
  authorize(scope, "tenant.read");
  return asPlatform(scope, (tx) => readCaps(tx, tenantId, false));
}
