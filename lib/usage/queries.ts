import "server-only";
import { and, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents, workflows } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isResourceType, RESOURCES } from "@/lib/metering/resources";
import { rangeOf, type UsageGroupBy, type UsageInput } from "./input";

export type UsageFigures = {
  cost: string;
  inputTokens: number;
  outputTokens: number;
  embeddingTokens: number;
  nodes: number;
  /** In which it was used; parts of runs are no runs. */
  runs: number;
};

export type UsageRow = UsageFigures & {
  /** Day, or the id of the agent or workflow, or the key of the model or resource; null where it belongs to none. */
  key: string | null;
  label: string;
};

export type UsageReport = { rows: UsageRow[]; total: UsageFigures };

const NO_USAGE: UsageFigures = {
  cost: "0.000000",
  inputTokens: 0,
  outputTokens: 0,
  embeddingTokens: 0,
  nodes: 0,
  runs: 0,
};

const GROUP_KEYS: Readonly<Record<UsageGroupBy, SQL<string | null>>> = {
  day: sql<string | null>`to_char(${ledgerEntries.occurredAt} at time zone 'UTC', 'YYYY-MM-DD')`,
  agent: sql<string | null>`${ledgerEntries.agentId}::text`,
  workflow: sql<string | null>`${ledgerEntries.workflowId}::text`,
  model: sql<string | null>`${ledgerEntries.modelKey}`,
  resource: sql<string | null>`${ledgerEntries.resourceType}`,
};

/** Tokens of one kind, as the whole number they are: the ledger counts them in millions. */
function tokensOf(resource: string): SQL<number> {
  return sql<number>`coalesce(sum(${ledgerEntries.quantity}) filter (where ${ledgerEntries.resourceType} = ${resource}), 0) * 1000000`.mapWith(
    Number,
  );
}

const FIGURES = {
  cost: sql<string>`coalesce(sum(${ledgerEntries.tenantCost}), 0)::numeric(18,6)`,
  inputTokens: tokensOf("text_tokens_input"),
  outputTokens: tokensOf("text_tokens_output"),
  embeddingTokens: tokensOf("embedding_tokens"),
  nodes:
    sql<number>`coalesce(sum(${ledgerEntries.quantity}) filter (where ${ledgerEntries.resourceType} = 'workflow_node'), 0)`.mapWith(
      Number,
    ),
  // The items of a map and called workflows are parts of the run they ran in.
  runs: sql<number>`count(distinct coalesce(${ledgerEntries.rootExecutionId}, ${ledgerEntries.executionId}))`.mapWith(
    Number,
  ),
} as const;

async function namesOf(tx: Tx, groupBy: UsageGroupBy): Promise<Map<string, string>> {
  if (groupBy === "agent") {
    const rows = await tx.select({ id: agents.id, name: agents.name }).from(agents);
    return new Map(rows.map((row) => [row.id, row.name]));
  }
  if (groupBy === "workflow") {
    const rows = await tx.select({ id: workflows.id, name: workflows.name }).from(workflows);
    return new Map(rows.map((row) => [row.id, row.name]));
  }
  return new Map();
}

const WITHOUT: Readonly<Record<UsageGroupBy, string>> = {
  day: "",
  agent: "No agent",
  workflow: "No workflow",
  model: "No model",
  resource: "",
};

function labelOf(groupBy: UsageGroupBy, key: string | null, names: Map<string, string>): string {
  if (key === null) return WITHOUT[groupBy];
  if (groupBy === "resource" && isResourceType(key)) return RESOURCES[key].label;
  return names.get(key) ?? key;
}

/** What the workspace used in a range of days (UTC), grouped, in its own prices. All figures are sums of the ledger. */
export async function usageReport(
  scope: TenantScope,
  input: UsageInput,
  groupBy: UsageGroupBy,
): Promise<UsageReport> {
  authorize(scope, "usage.read");
  const { start, end } = rangeOf(input);
  const key = GROUP_KEYS[groupBy];
  const within = and(
    eq(ledgerEntries.tenantId, scope.tenantId),
    gte(ledgerEntries.occurredAt, start),
    lt(ledgerEntries.occurredAt, end),
  );
  return asTenant(scope, async (tx) => {
    const rows = await tx
      .select({ key, ...FIGURES })
      .from(ledgerEntries)
      .where(within)
      .groupBy(key)
      .orderBy(groupBy === "day" ? key : sql`sum(${ledgerEntries.tenantCost}) desc`);
    const [total = NO_USAGE] = await tx.select(FIGURES).from(ledgerEntries).where(within);
    const names = await namesOf(tx, groupBy);
    return {
      rows: rows.map((row) => ({ ...row, label: labelOf(groupBy, row.key, names) })),
      total,
    };
  });
}
