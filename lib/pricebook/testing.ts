import { drizzle } from "drizzle-orm/node-postgres";
import { database } from "@/db/pool";
import { ledgerEntries } from "@/db/schema/billing";
import { newId } from "@/lib/ids";
import { rateUsage } from "@/lib/metering/pricing";
import { RESOURCES, type ResourceType } from "@/lib/metering/resources";
import { type Micros, microsToNumeric } from "@/lib/money";

export type PlantedUsage = {
  tenantId: string;
  partnerId: string | null;
  resourceType: ResourceType;
  modelKey?: string | null;
  quantityMicros: bigint;
  systemRate: Micros;
  tenantRate: Micros;
  occurredAt: Date;
  agentId?: string | null;
  rootExecutionId?: string | null;
};

type Row = typeof ledgerEntries.$inferInsert;

function rowOf(usage: PlantedUsage): Row {
  const { partnerId, quantityMicros, systemRate, tenantRate } = usage;
  const cost = rateUsage({ quantityMicros, systemRate, tenantRate, hasPartner: partnerId !== null });
  const id = newId();
  return {
    id,
    tenantId: usage.tenantId,
    partnerId,
    resourceType: usage.resourceType,
    unit: RESOURCES[usage.resourceType].unit,
    modelKey: usage.modelKey ?? null,
    quantity: microsToNumeric(quantityMicros),
    systemRate: microsToNumeric(systemRate),
    tenantRate: microsToNumeric(tenantRate),
    platformCost: microsToNumeric(cost.platformCost),
    tenantCost: microsToNumeric(cost.tenantCost),
    partnerCommission: microsToNumeric(cost.partnerCommission),
    idempotencyKey: id,
    occurredAt: usage.occurredAt,
    agentId: usage.agentId ?? null,
    rootExecutionId: usage.rootExecutionId ?? null,
  };
}

/** Ledger rows of the past, rated as metering rates them. */
export async function plantUsage(usages: readonly PlantedUsage[]): Promise<string[]> {
  const rows = usages.map(rowOf);
  if (rows.length > 0)
    await drizzle((await database()).pool)
      .insert(ledgerEntries)
      .values(rows);
  return rows.flatMap(({ id }) => id ?? []);
}

/** The first of the month before this one, in UTC, and some days later. */
export function lastMonth(day = 1, hour = 12): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, day, hour));
}
