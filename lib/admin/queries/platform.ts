import "server-only";
import { and, asc, count, eq, gte, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { tenants, users } from "@/db/schema/auth";
import { aiModels, systemConfigs } from "@/db/schema/config";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { firstIdAt } from "@/lib/ids";
import { startOfDay } from "@/lib/tenants/periods";
import { marginsOnDays, recentMargins, sourceForAll } from "@/lib/usage/margins";
import { CONFIG_SETTINGS, type ConfigSetting } from "../configuration";
import { isNotPart } from "./not-part";

export type PlatformOverview = {
  tenants: number;
  suspended: number;
  people: number;
  runsToday: number;
  failedToday: number;
  live: number;
  monthRevenue: string;
  monthPlatformCost: string;
  monthCommission: string;
  byDay: { day: string; revenue: string; commission: string }[];
};

const dayStart = sql`date_trunc('day', now() at time zone 'UTC') at time zone 'UTC'`;

/**
 * The runs since the first instant of this UTC day, of all workspaces or of one. By their ids, which sort by time: nothing
 * older is read.
 */
export function runsToday(tx: Tx, tenantId?: string) {
  const { id, createdAt, status } = executions;
  return tx
    .select({ all: count(), failed: sql<number>`count(*) filter (where ${status} = 'failed')::int` })
    .from(executions)
    .where(
      and(
        tenantId ? eq(executions.tenantId, tenantId) : undefined,
        isNotPart,
        gte(id, firstIdAt(startOfDay(new Date()))),
        sql`${createdAt} >= ${dayStart}`,
      ),
    );
}

/** The runs that have not ended, whenever they were started. */
export function runsGoing(tx: Tx) {
  return tx
    .select({ all: count() })
    .from(executions)
    .where(and(isNotPart, sql`${executions.status} in ('pending', 'running', 'waiting')`));
}

/** The platform on one page; all money is sums of the ledger, this month in UTC. */
export async function getOverview(scope: PlatformScope): Promise<PlatformOverview> {
  authorize(scope, "overview.read");
  return asPlatform(scope, async (tx) => {
    const [who] = await tx
      .select({
        tenants: sql<number>`count(*)::int`,
        suspended: sql<number>`count(*) filter (where ${tenants.status} = 'suspended')::int`,
        people: sql<number>`(select count(*)::int from ${users})`,
      })
      .from(tenants);
    const [today] = await runsToday(tx);
    const [going] = await runsGoing(tx);
    const { month, byDay } = await recentMargins(tx, async (days) => {
      const all = sql`select ${tenants.id} as tenant_id from ${tenants}`;
      return marginsOnDays(all, days, await sourceForAll(tx, all));
    });
    return {
      tenants: who?.tenants ?? 0,
      suspended: who?.suspended ?? 0,
      people: who?.people ?? 0,
      runsToday: today?.all ?? 0,
      failedToday: today?.failed ?? 0,
      live: going?.all ?? 0,
      monthRevenue: month.revenue,
      monthPlatformCost: month.cost,
      monthCommission: month.commission,
      byDay,
    };
  });
}

export type ModelRow = {
  modelKey: string;
  modelName: string;
  provider: string;
  modelType: string;
  isActive: boolean;
  description: string | null;
  providerModel: string | null;
  contextTokens: number | null;
  maxOutputTokens: number | null;
};

/** Every model, active or not. */
export async function listAllModels(scope: PlatformScope): Promise<ModelRow[]> {
  authorize(scope, "model.read");
  return asPlatform(scope, (tx) =>
    tx
      .select({
        modelKey: aiModels.modelKey,
        modelName: aiModels.modelName,
        provider: aiModels.provider,
        modelType: aiModels.modelType,
        isActive: sql<boolean>`coalesce(${aiModels.isActive}, false)`,
        description: aiModels.description,
        providerModel: aiModels.providerModel,
        contextTokens: aiModels.contextTokens,
        maxOutputTokens: aiModels.maxOutputTokens,
      })
      .from(aiModels)
      .orderBy(asc(aiModels.provider), asc(aiModels.modelName)),
  );
}

export type ConfigView = ConfigSetting & {
  isSet: boolean;
  /** The value itself only where it is no secret. */
  value: string | null;
  lastFour: string | null;
  updatedAt: Date | null;
};

/** All settings with what may be shown of them: a sealed value shows its last four characters at most. */
export async function listConfiguration(scope: PlatformScope): Promise<ConfigView[]> {
  authorize(scope, "config.read");
  const rows = await asPlatform(scope, (tx) =>
    tx
      .select({
        key: systemConfigs.key,
        // A sealed value does not even leave the database here.
        value: sql<
          string | null
        >`case when ${systemConfigs.isEncrypted} is false then ${systemConfigs.value} end`,
        lastFour: systemConfigs.lastFour,
        updatedAt: systemConfigs.updatedAt,
      })
      .from(systemConfigs),
  );
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return CONFIG_SETTINGS.map((setting) => {
    const row = byKey.get(setting.key);
    return {
      ...setting,
      isSet: row !== undefined,
      value: setting.isSealed ? null : (row?.value ?? null),
      lastFour: row?.lastFour ?? null,
      updatedAt: row?.updatedAt ?? null,
    };
  });
}
