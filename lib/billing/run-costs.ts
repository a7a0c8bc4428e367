import "server-only";
import { and, asc, desc, eq, or, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { asPartner, asPlatform, type Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { monthStart } from "@/lib/month-start";

/** Dollars as the ledger has them, six decimals, at each level of price. */
export type LevelCosts = { platformCost: string; commission: string; tenantCost: string };

export type ResourceCosts = LevelCosts & {
  resourceType: string;
  modelKey: string | null;
  unit: string;
  quantity: string;
};

/** One resource that one step used. */
export type StepCosts = ResourceCosts & {
  stepId: string | null;
  /** The node, for the operator only: its name is the customer's. */
  nodeId: string | null;
  /** A part of the run: an item, a round, a called workflow. */
  isPart: boolean;
  at: Date;
};

/** What a run with all its parts cost at the levels of price that the viewer deals with; nothing of what it worked on. */
export type RunCosts = {
  executionId: string;
  /** The run that it is a part of. */
  rootExecutionId: string | null;
  tenantId: string;
  tenantName: string;
  total: LevelCosts;
  resources: ResourceCosts[];
  /** The dearest first, so many at most. */
  steps: StepCosts[];
  hasMoreSteps: boolean;
  firstAt: Date;
  lastAt: Date;
};

const MOST_STEPS = 200;

function sumOf(column: PgColumn) {
  return sql<string>`sum(${column})::numeric(18,6)::text`;
}

const LEVELS = {
  platformCost: sumOf(ledgerEntries.platformCost),
  commission: sumOf(ledgerEntries.partnerCommission),
  tenantCost: sumOf(ledgerEntries.tenantCost),
} as const;

const RESOURCE = {
  resourceType: ledgerEntries.resourceType,
  modelKey: ledgerEntries.modelKey,
  unit: ledgerEntries.unit,
} as const;

/** A run's costs for the operator: every level of price. @throws AppError `not_found` when nothing of it was billed */
export async function getRunCosts(scope: PlatformScope, executionId: string): Promise<RunCosts> {
  authorize(scope, "ledger.read");
  if (!isId(executionId)) throw nothingBilled();
  return asPlatform(scope, (tx) =>
    loadCosts(tx, executionId, sql<string | null>`min(${ledgerEntries.nodeId})`),
  );
}

/** A customer's run for its partner: what it pays for it, what the customer pays, what is left. @throws AppError `not_found` */
export async function getCustomerRunCosts(scope: PartnerScope, executionId: string): Promise<RunCosts> {
  authorize(scope, "margin.read");
  if (!isId(executionId)) throw nothingBilled();
  return asPartner(scope, (tx) => loadCosts(tx, executionId, sql<string | null>`null`));
}

function nothingBilled(): AppError {
  return new AppError("not_found", "Nothing was billed for a run with this id.");
}

async function loadCosts(
  tx: Tx,
  executionId: string,
  nodeId: ReturnType<typeof sql<string | null>>,
): Promise<RunCosts> {
  const [head] = await tx
    .select({
      tenantId: ledgerEntries.tenantId,
      tenantName: tenants.name,
      rootExecutionId: ledgerEntries.rootExecutionId,
      isItself: sql<boolean>`${ledgerEntries.executionId} = ${executionId}`,
    })
    .from(ledgerEntries)
    .innerJoin(tenants, eq(tenants.id, ledgerEntries.tenantId))
    .where(treeOf(executionId))
    .orderBy(desc(sql`${ledgerEntries.executionId} = ${executionId}`))
    .limit(1);
  if (!head) throw nothingBilled();
  const ofRun = and(eq(ledgerEntries.tenantId, head.tenantId), treeOf(executionId));
  const [sum] = await tx
    .select({
      ...LEVELS,
      firstAt: sql`min(${ledgerEntries.occurredAt})`.mapWith(ledgerEntries.occurredAt),
      lastAt: sql`max(${ledgerEntries.occurredAt})`.mapWith(ledgerEntries.occurredAt),
    })
    .from(ledgerEntries)
    .where(ofRun);
  if (!sum) throw nothingBilled();
  const { firstAt, lastAt, ...total } = sum;
  const resources = await tx
    .select({ ...RESOURCE, quantity: sumOf(ledgerEntries.quantity), ...LEVELS })
    .from(ledgerEntries)
    .where(ofRun)
    .groupBy(ledgerEntries.resourceType, ledgerEntries.modelKey, ledgerEntries.unit)
    .orderBy(desc(sql`sum(${ledgerEntries.tenantCost})`));
  const steps = await tx
    .select({
      stepId: ledgerEntries.stepId,
      nodeId,
      isPart: sql<boolean>`bool_or(${ledgerEntries.executionId} <> ${executionId})`,
      at: sql`min(${ledgerEntries.occurredAt})`.mapWith(ledgerEntries.occurredAt),
      ...RESOURCE,
      quantity: sumOf(ledgerEntries.quantity),
      ...LEVELS,
    })
    .from(ledgerEntries)
    .where(ofRun)
    .groupBy(ledgerEntries.stepId, ledgerEntries.resourceType, ledgerEntries.modelKey, ledgerEntries.unit)
    .orderBy(desc(sql`sum(${ledgerEntries.tenantCost})`), asc(ledgerEntries.stepId))
    .limit(MOST_STEPS + 1);
  return {
    executionId,
    rootExecutionId: head.isItself ? head.rootExecutionId : null,
    tenantId: head.tenantId,
    tenantName: head.tenantName,
    total,
    resources,
    steps: steps.slice(0, MOST_STEPS),
    hasMoreSteps: steps.length > MOST_STEPS,
    firstAt,
    lastAt,
  };
}

function treeOf(executionId: string) {
  return or(eq(ledgerEntries.executionId, executionId), eq(ledgerEntries.rootExecutionId, executionId));
}

export type CustomerRun = LevelCosts & { executionId: string; at: Date };

const SHOWN_RUNS = 10;

/** The runs of this month (UTC) for which a customer paid the most. */
export async function listDearestRuns(scope: PartnerScope, tenantId: string): Promise<CustomerRun[]> {
  authorize(scope, "margin.read");
  if (!isId(tenantId)) return [];
  const run = sql<string>`coalesce(${ledgerEntries.rootExecutionId}, ${ledgerEntries.executionId})`;
  return asPartner(scope, (tx) =>
    tx
      .select({
        executionId: run,
        at: sql`min(${ledgerEntries.occurredAt})`.mapWith(ledgerEntries.occurredAt),
        ...LEVELS,
      })
      .from(ledgerEntries)
      .where(
        and(
          eq(ledgerEntries.tenantId, tenantId),
          sql`${ledgerEntries.executionId} is not null`,
          sql`${ledgerEntries.occurredAt} >= ${monthStart}`,
        ),
      )
      .groupBy(run)
      .orderBy(desc(sql`sum(${ledgerEntries.tenantCost})`))
      .limit(SHOWN_RUNS),
  );
}
