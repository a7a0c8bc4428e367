import "server-only";
import { type SQL, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents, workflows } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isResourceType, RESOURCES } from "@/lib/metering/resources";
import { namesOfModels } from "@/lib/models/queries";
import { microsFromNumeric } from "@/lib/money";
import { instantOf, type Source, sourceFor, usedOnDays } from "./counted";
import { rangeOf, type UsageGroupBy, type UsageInput } from "./input";
import { runsOnDays } from "./runs";

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

export type UsageReport = {
  rows: UsageRow[];
  total: UsageFigures;
  /** What each day cost on which something was used, of the same moment. */
  byDay: { day: string; cost: string }[];
};

const NO_USAGE: UsageFigures = {
  cost: "0.000000",
  inputTokens: 0,
  outputTokens: 0,
  embeddingTokens: 0,
  nodes: 0,
  runs: 0,
};

const GROUP_KEYS: Readonly<Record<UsageGroupBy, SQL>> = {
  day: sql`to_char(day, 'YYYY-MM-DD')`,
  agent: sql`agent_id::text`,
  workflow: sql`workflow_id::text`,
  model: sql`model_key`,
  resource: sql`resource_type`,
};

/** How much was used of one resource. */
const amountOf = (resource: string): SQL =>
  sql`coalesce(sum(quantity) filter (where resource_type = ${resource}), 0)`;

/** Which column a row of the grouping sets is about: the bit of it that `grouping()` leaves at zero. */
const PARTS = { key: 0b01, day: 0b10, total: 0b11 } as const;

type Read = {
  key: string | null;
  day: string | null;
  part: number;
  cost: string;
  input: string;
  output: string;
  embedding: string;
  nodes: string;
  runs: string;
};

/** The groups, the days, and all of them together: one statement, so that they are of one moment. */
function report(tenant: SQL, days: { start: SQL; end: SQL }, groupBy: UsageGroupBy, source: Source): SQL {
  return sql`with used as (select ${GROUP_KEYS[groupBy]} as key, ${GROUP_KEYS.day} as day, tenant_cost, quantity, resource_type
      from (${usedOnDays(tenant, days, source)}) u),
    figures as (
      select key, day, grouping(key, day) as part, sum(tenant_cost)::numeric(18,6) as cost,
        ${amountOf("text_tokens_input")} as input, ${amountOf("text_tokens_output")} as output,
        ${amountOf("embedding_tokens")} as embedding, ${amountOf("workflow_node")} as nodes
      from used group by grouping sets ((key), (day), ()) having count(*) > 0
    ), runs as (
      select key, is_total, sum(runs) as runs from (${runsOnDays(tenant, days, groupBy, source)}) r group by 1, 2
    )
    select f.*, coalesce(r.runs, 0) as runs from figures f
    left join runs r on r.is_total = case f.part when ${PARTS.key} then 0 when ${PARTS.total} then 1 end
      and r.key is not distinct from f.key
    order by f.part, f.day, ${groupBy === "day" ? sql`f.key` : sql`f.cost desc, f.key`}`;
}

/** Tokens as the whole number they are: the ledger counts them in millions. */
const tokens = (millions: string) => Number(microsFromNumeric(millions));

const figuresOf = (row: Read): UsageFigures => ({
  cost: row.cost,
  inputTokens: tokens(row.input),
  outputTokens: tokens(row.output),
  embeddingTokens: tokens(row.embedding),
  nodes: Number(row.nodes),
  runs: Number(row.runs),
});

async function namesOf(
  tx: Tx,
  groupBy: UsageGroupBy,
  keys: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  if (groupBy === "model") {
    const modelKeys = keys.filter((key) => key !== null);
    return new Map(Object.entries(await namesOfModels(tx, modelKeys)));
  }
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

function labelOf(groupBy: UsageGroupBy, key: string | null, names: ReadonlyMap<string, string>): string {
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
  const days = { start: instantOf(start), end: instantOf(end) };
  return asTenant(scope, async (tx) => {
    const source = await sourceFor(tx, scope.tenantId);
    const { rows } = await tx.execute<Read>(report(sql`${scope.tenantId}::uuid`, days, groupBy, source));
    const of = (part: number) => rows.filter((row) => row.part === part);
    const groups = of(PARTS.key);
    const keys = groups.map((row) => row.key);
    const names = await namesOf(tx, groupBy, keys);
    const [total] = of(PARTS.total);
    return {
      rows: groups.map((row) => ({
        key: row.key,
        ...figuresOf(row),
        label: labelOf(groupBy, row.key, names),
      })),
      total: total ? figuresOf(total) : NO_USAGE,
      byDay: of(PARTS.day).map(({ day, cost }) => ({ day: day ?? "", cost })),
    };
  });
}
