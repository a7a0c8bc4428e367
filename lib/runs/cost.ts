import { and, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { costSum } from "./run-columns";
import type { GivenRun } from "./store";

/** The kinds of node whose work is done by runs of their own, one for each item, round or call. */
export const NESTING_KINDS: ReadonlySet<string> = new Set(["map", "loop", "workflow"]);

/** The ledger rows of a run and, when it was started by itself, of all its parts. */
const LEDGER_OF_GIVEN_RUN = and(
  eq(ledgerEntries.tenantId, sql.placeholder("tenantId")),
  or(
    eq(ledgerEntries.executionId, sql.placeholder("executionId")),
    eq(ledgerEntries.rootExecutionId, sql.placeholder("executionId")),
  ),
);

/** What a run with all its parts has cost the tenant so far, in its own price. */
export async function runCost(tx: Tx, { tenantId }: TenantScope, executionId: string): Promise<Micros> {
  return costOf(await costStatement(tx, { tenantId, executionId }).execute());
}

/** The statement that adds it up, for `costOf`. */
export const costStatement = madeOnce<GivenRun, CostRow[]>((tx) =>
  tx
    .select({ cost: sql<string>`coalesce(sum(${ledgerEntries.tenantCost}), 0)::numeric(18,6)::text` })
    .from(ledgerEntries)
    .where(LEDGER_OF_GIVEN_RUN),
);

type CostRow = { readonly cost: string };

export function costOf([row]: readonly CostRow[]): Micros {
  return microsFromNumeric(row?.cost ?? "0");
}

/** What each of these parts of runs has cost, with the parts inside of it. */
export async function partCosts(
  tx: Tx,
  scope: TenantScope,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Micros>> {
  if (ids.length === 0) return new Map();
  return sumOfTrees(
    tx,
    scope,
    sql`select e.id, e.id from executions e where e.tenant_id = ${scope.tenantId} and ${anyOf(sql`e.id`, ids)}`,
  );
}

/** What one of them has. */
export async function partCost(tx: Tx, scope: TenantScope, id: string): Promise<Micros> {
  return (await partCosts(tx, scope, [id])).get(id) ?? 0n;
}

/** What each of these steps has cost: its own ledger rows, and those of the parts of the run that work for it. */
export async function stepCosts(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  steps: readonly { readonly id: string; readonly kind: string }[],
): Promise<ReadonlyMap<string, Micros>> {
  if (steps.length === 0) return new Map();
  const own = await tx
    .select({ stepId: ledgerEntries.stepId, cost: costSum })
    .from(ledgerEntries)
    .where(
      and(
        eq(ledgerEntries.tenantId, scope.tenantId),
        eq(ledgerEntries.executionId, executionId),
        inArray(
          ledgerEntries.stepId,
          steps.map((step) => step.id),
        ),
      ),
    )
    .groupBy(ledgerEntries.stepId);
  const costs = new Map(own.map((row) => [row.stepId ?? "", microsFromNumeric(row.cost)]));
  const start = partsUnder(scope, steps);
  if (start === null) return costs;
  for (const [id, cost] of await sumOfTrees(tx, scope, start)) costs.set(id, (costs.get(id) ?? 0n) + cost);
  return costs;
}

/** The parts of a run that work for these steps, each under the id of its step; null when none has any. */
export function partsUnder(
  { tenantId }: TenantScope,
  steps: readonly { readonly id: string; readonly kind: string }[],
): SQL | null {
  const nesting = steps.filter((step) => NESTING_KINDS.has(step.kind)).map((step) => step.id);
  if (nesting.length === 0) return null;
  return sql`select e.parent_step_id, e.id from executions e where e.tenant_id = ${tenantId} and ${anyOf(sql`e.parent_step_id`, nesting)}`;
}

function anyOf(column: SQL, ids: readonly string[]) {
  return sql`${column} in (${sql.join(
    ids.map((id) => sql`${id}::uuid`),
    sql`, `,
  )})`;
}

/** Walks down from the parts that `start` gives under a name each: rows of `parts(name, id)` for a statement to go on with. */
export function treesFrom({ tenantId }: TenantScope, start: SQL): SQL {
  const kinds = sql.join(
    [...NESTING_KINDS].map((kind) => sql`${kind}`),
    sql`, `,
  );
  return sql`
    with recursive parts(name, id) as (
      ${start}
      union all
      select parts.name, e.id
      from parts
      join execution_steps s on s.tenant_id = ${tenantId} and s.execution_id = parts.id and s.kind in (${kinds})
      join executions e on e.tenant_id = ${tenantId} and e.parent_step_id = s.id
    )`;
}

/** Adds up what they have cost by that name. */
async function sumOfTrees(tx: Tx, scope: TenantScope, start: SQL): Promise<Map<string, Micros>> {
  const { rows } = await tx.execute<{ name: string; cost: string }>(sql`
    ${treesFrom(scope, start)}
    select parts.name, sum(l.tenant_cost)::numeric(18,6)::text as cost
    from parts join ledger_entries l on l.tenant_id = ${scope.tenantId} and l.execution_id = parts.id
    group by parts.name`);
  return new Map(rows.map((row) => [row.name, microsFromNumeric(row.cost)]));
}
