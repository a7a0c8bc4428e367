import { and, desc, eq, inArray, isNull, ne, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { type PriceLists, requireRates } from "@/lib/metering/rates";
import { isResourceType } from "@/lib/metering/resources";
import { type Micros, microsFromNumeric, multiplyMicros } from "@/lib/money";

const RUNS_LOOKED_AT = 50;

/** Which runs are like the one to come. */
export type Alike = {
  /** Of exactly this graph, or this version of the agent. */
  readonly same: SQL;
  /** Of the same workflow or agent, whatever it was like. */
  readonly alike: SQL;
  /** Answers in the playground are asked with what was said before: they are like each other alone. */
  readonly inPlayground: boolean;
};

/**
 * The last 50 runs that completed, newest first. Runs of parts of a graph, resumed ones and those with pinned outputs say
 * nothing.
 */
export async function pastRuns(
  tx: Tx,
  { tenantId }: TenantScope,
  which: SQL,
  inPlayground: boolean,
): Promise<string[]> {
  const runs = await tx
    .select({ id: executions.id })
    .from(executions)
    .where(
      and(
        eq(executions.tenantId, tenantId),
        which,
        isNull(executions.rootExecutionId),
        eq(executions.status, "completed"),
        inArray(executions.mode, ["start", "replay"]),
        eq(executions.usesPins, false),
        inPlayground ? eq(executions.trigger, "playground") : ne(executions.trigger, "playground"),
      ),
    )
    .orderBy(desc(executions.id))
    .limit(RUNS_LOOKED_AT);
  return runs.map(({ id }) => id);
}

/** What runs used, with the runs they called, at the prices given. */
export async function costsOf(
  tx: Tx,
  { tenantId }: TenantScope,
  runs: readonly string[],
  { lists, now }: { lists: PriceLists; now: Date },
): Promise<Micros[]> {
  const ids = sql.join(
    runs.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const { rows } = await tx.execute<{
    run: string;
    resource: string;
    model: string | null;
    used: string;
  }>(sql`
    select r.id as run, e.resource_type as resource, e.model_key as model, sum(e.quantity)::numeric(18,6) as used
    from unnest(array[${ids}]) r(id)
    join ledger_entries e on e.tenant_id = ${tenantId}::uuid and (e.execution_id = r.id or e.root_execution_id = r.id)
    group by 1, 2, 3`);
  const costs = new Map(runs.map((id) => [id, 0n]));
  for (const { run, resource, model, used } of rows) {
    if (!isResourceType(resource)) continue;
    const { tenantRate } = requireRates(lists, { resourceType: resource, modelKey: model }, now);
    costs.set(run, (costs.get(run) ?? 0n) + multiplyMicros(microsFromNumeric(used), tenantRate));
  }
  return [...costs.values()];
}
