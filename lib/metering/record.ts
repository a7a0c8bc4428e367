import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { insertRows } from "@/db/insert-rows";
import { executions } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import type { Statement } from "@/db/statements";
import { newId } from "@/lib/ids";
import { type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import { charge } from "@/lib/wallet/money-gatherer";
import { rateUsage } from "./pricing";
import { type Need, type PriceLists, pricesAt, requireRates, thingOf } from "./rates";

/** One quantity that was used, and the key under which it may be billed once. */
export type UsageItem = Need & {
  /** Millionths of the resource's unit: `tokenQuantity(n)` or `countQuantity(n)`. */
  readonly quantityMicros: bigint;
  /** Unique in the tenant and the same on every repetition, e.g. `exec:{id}:{node}:{iteration}:{resource}`. */
  readonly idempotencyKey: string;
  /** What was set aside for it, which this ends. */
  readonly holdKey?: string;
  /** Why the quantity is not simply what the provider reported, for whoever checks the row. */
  readonly note?: string;
};

/** What the usage belongs to; all of it lands on the ledger row. */
export type UsageSource = {
  readonly executionId?: string | null;
  /** The run that this one is a part of, null for a run by itself; left out: looked up where the row is written. */
  readonly rootExecutionId?: string | null;
  readonly agentId?: string | null;
  readonly workflowId?: string | null;
  readonly stepId?: string | null;
  readonly nodeId?: string | null;
  readonly documentId?: string | null;
  readonly userId?: string | null;
  readonly modelCallId?: string | null;
};

/** Quantities used at one time for one thing. */
export type Usage = UsageSource & {
  readonly occurredAt: Date;
  readonly items: readonly UsageItem[];
  /** Nothing was set aside for it and nothing has been done yet: it must fit, or the transaction is refused. */
  readonly isGuarded?: boolean;
};

export type RecordedUsage = {
  /** Rows written now; less than the items when some were billed before or were zero. */
  readonly inserted: number;
  /** What those rows cost the tenant. */
  readonly tenantCostMicros: Micros;
};

/**
 * Writes rated ledger rows in the caller's worker transaction, so that usage and what it belongs to commit together, and
 * pays for them from the tenant's wallet with the commit: no row is without what funds it.
 * A key that exists already is left as it is, and quantities of zero leave no row. Prices are those in force at
 * `occurredAt`, of the partner that held the tenant then, whoever holds it now; their ids and values are copied onto the row.
 *
 * @throws AppError `precondition`, reason `rate_missing`
 */
export async function recordUsage(tx: Tx, scope: TenantScope, usage: Usage): Promise<RecordedUsage> {
  if (!usage.items.some((item) => item.quantityMicros > 0n)) return { inserted: 0, tenantCostMicros: 0n };
  const resources = usage.items.map((item) => item.resourceType);
  const lists = await pricesAt(tx, scope, resources, usage.occurredAt);
  const rows = usageRows(tx, scope, [usage], lists);
  const inserted = rows ? (await rows.execute()).rows : [];
  return {
    inserted: inserted.length,
    tenantCostMicros: inserted.reduce((sum, row) => sum + microsFromNumeric(row.tenant_cost), 0n),
  };
}

/**
 * The statement that does so for several, by the price lists of the time when it was used; null when nothing was used.
 * @throws AppError `precondition`, reason `rate_missing`
 */
export function usageRows(
  tx: Tx,
  scope: TenantScope,
  usages: readonly Usage[],
  lists: PriceLists,
): Statement<{ rows: { tenant_cost: string }[] }> | null {
  const rows = usages.flatMap((usage) =>
    usage.items
      .filter((item) => item.quantityMicros > 0n)
      .map((item) => ledgerRow(scope, usage, item, lists)),
  );
  if (rows.length === 0) return null;
  payFor(tx, scope, rows, usages);
  return insertRows(tx, ledgerEntries, rows, {
    unlessKnownBy: { fields: ["tenantId", "idempotencyKey"] },
    returning: ["tenantCost"],
  }) as unknown as Statement<{ rows: { tenant_cost: string }[] }>;
}

/** Rows that a repetition does not write are not paid for again: they are not there under these ids. */
function payFor(
  tx: Tx,
  scope: TenantScope,
  rows: readonly { id: string; idempotencyKey: string }[],
  usages: readonly Usage[],
): void {
  const holdKeys = new Map(
    usages.flatMap(({ items }) => items.map((item) => [item.idempotencyKey, item.holdKey ?? null] as const)),
  );
  const isGuarded = usages.every((usage) => usage.isGuarded === true);
  for (const [holdKey, those] of Map.groupBy(rows, (row) => holdKeys.get(row.idempotencyKey) ?? null)) {
    charge(tx, scope, { entryIds: those.map((row) => row.id), holdKey, isGuarded });
  }
}

/** The run that a part of a run belongs to; null for a run by itself. Read where the row `r` is written. */
const ROOT = sql<string | null>`(select ${executions.rootExecutionId} from ${executions}
  where ${executions.tenantId} = r.tenant_id and ${executions.id} = r.execution_id)`;

function ledgerRow(
  scope: TenantScope,
  usage: UsageSource & { readonly occurredAt: Date },
  item: UsageItem,
  lists: PriceLists,
) {
  const { unit, modelKey } = thingOf(item);
  const pair = requireRates(lists, item, usage.occurredAt);
  const hasPartner = lists.partnerId !== null;
  const cost = rateUsage({ quantityMicros: item.quantityMicros, ...pair, hasPartner });
  return {
    id: newId(),
    tenantId: scope.tenantId,
    partnerId: lists.partnerId,
    executionId: usage.executionId ?? null,
    rootExecutionId: usage.rootExecutionId === undefined ? ROOT : usage.rootExecutionId,
    agentId: usage.agentId ?? null,
    workflowId: usage.workflowId ?? null,
    stepId: usage.stepId ?? null,
    nodeId: usage.nodeId ?? null,
    documentId: usage.documentId ?? null,
    userId: usage.userId ?? null,
    modelCallId: usage.modelCallId ?? null,
    resourceType: item.resourceType,
    modelKey,
    unit,
    quantity: microsToNumeric(item.quantityMicros),
    systemRateId: pair.systemRateId,
    partnerRateId: pair.partnerRateId,
    systemRate: microsToNumeric(pair.systemRate),
    tenantRate: microsToNumeric(pair.tenantRate),
    platformCost: microsToNumeric(cost.platformCost),
    tenantCost: microsToNumeric(cost.tenantCost),
    partnerCommission: microsToNumeric(cost.partnerCommission),
    idempotencyKey: item.idempotencyKey,
    occurredAt: usage.occurredAt,
    entryMetadata: item.note ? JSON.stringify({ note: item.note }) : null,
  };
}
