import "server-only";
import { and, desc, eq, inArray, isNull, ne, type SQL, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { executions, workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { runnableVersion } from "@/lib/agents/queries";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { type PriceLists, pricesAt, requireRates } from "@/lib/metering/rates";
import { isResourceType, RESOURCE_TYPES } from "@/lib/metering/resources";
import { type Micros, microsFromNumeric, multiplyMicros } from "@/lib/money";
import { EMPTY_GRAPH, type Graph, parseGraph } from "@/lib/workflows/graph";
import { workflowNotFound } from "@/lib/workflows/store";
import { estimateGraph } from "./estimate-graph";
import { type CostRange, rangeOfRuns } from "./graph-cost";
import type { EstimateRunInput } from "./input";
import { graphOf } from "./pins";

export type RunCostRange = CostRange & {
  /** So many runs that are over, priced anew; zero when it is estimated from the graph. */
  readonly runs: number;
};

const RUNS_LOOKED_AT = 50;
/** Fewer say little about the next one. */
const LEAST_RUNS = 5;

type Target = { readonly graph: Graph; readonly same: SQL };

/**
 * What a run will cost in the workspace's own prices of now. From the last 50 runs of exactly this graph (or version of
 * the agent) that completed, with what they used priced anew: the 10th, 50th and 90th of a hundred. With fewer than five
 * of them from the graph: see `graphCost` and `estimateGraph`.
 * @throws AppError `not_found`; `precondition`, reasons `rate_missing`, `agent_inactive`, `not_published`
 */
export async function costRange(scope: TenantScope, input: EstimateRunInput): Promise<RunCostRange> {
  authorize(scope, "agentId" in input ? "agent.read" : "workflow.read");
  return asWorker(scope, async (tx) => {
    const now = currentTime();
    const { graph, same } =
      "agentId" in input ? await agentIn(tx, scope, input.agentId) : await workflowIn(tx, scope, input);
    const lists = await pricesAt(tx, scope, RESOURCE_TYPES, now);
    const costs = await pastCosts(tx, scope, same, { lists, now });
    if (costs.length >= LEAST_RUNS) return { ...rangeOfRuns(costs), runs: costs.length };
    const hasNodeFee = !("agentId" in input);
    return { ...(await estimateGraph(tx, scope, graph, { lists, now, hasNodeFee })), runs: 0 };
  });
}

async function agentIn(tx: Tx, scope: TenantScope, agentId: string): Promise<Target> {
  if (!isId(agentId)) throw new AppError("not_found", "This agent does not exist.");
  const { id, name } = await runnableVersion(tx, scope, agentId);
  const graph = await graphOf(tx, scope, { workflowVersionId: null, agentId, name });
  return { graph, same: eq(executions.agentVersionId, id) };
}

/** A draft counts the runs of the versions that are just like it: a run of a draft freezes one. */
async function workflowIn(
  tx: Tx,
  scope: TenantScope,
  { workflowId, useDraft }: { workflowId: string; useDraft: boolean },
): Promise<Target> {
  if (!isId(workflowId)) throw workflowNotFound();
  const [workflow] = await tx
    .select({
      name: workflows.name,
      dagStructure: workflows.dagStructure,
      publishedVersionId: workflows.publishedVersionId,
    })
    .from(workflows)
    .where(and(eq(workflows.tenantId, scope.tenantId), eq(workflows.id, workflowId)));
  if (!workflow) throw workflowNotFound();
  const versions = workflowVersions;
  const mine = and(eq(versions.tenantId, scope.tenantId), eq(versions.workflowId, workflowId));
  if (!useDraft && !workflow.publishedVersionId)
    throw new AppError("precondition", `The workflow ${workflow.name} has not been published yet.`, {
      reason: "not_published",
    });
  const [published] = useDraft
    ? [{ graph: workflow.dagStructure }]
    : await tx
        .select({ graph: versions.dagStructure })
        .from(versions)
        .where(and(mine, eq(versions.id, workflow.publishedVersionId ?? "")));
  const like = await tx
    .select({ id: versions.id })
    .from(versions)
    .where(and(mine, sql`${versions.dagStructure} = ${JSON.stringify(published?.graph ?? null)}::jsonb`));
  // A draft that is not a graph yet costs nothing that could be said.
  const parsed = parseGraph(published?.graph);
  const ids = like.map(({ id }) => id);
  return {
    graph: parsed.ok ? parsed.graph : EMPTY_GRAPH,
    same: ids.length > 0 ? inArray(executions.workflowVersionId, ids) : sql`false`,
  };
}

/** What the last runs used, priced anew. Runs of parts of a graph, resumed ones and those with pinned outputs say nothing. */
async function pastCosts(
  tx: Tx,
  scope: TenantScope,
  same: Target["same"],
  { lists, now }: { lists: PriceLists; now: Date },
): Promise<Micros[]> {
  const runs = await tx
    .select({ id: executions.id })
    .from(executions)
    .where(
      and(
        eq(executions.tenantId, scope.tenantId),
        same,
        isNull(executions.rootExecutionId),
        eq(executions.status, "completed"),
        inArray(executions.mode, ["start", "replay"]),
        eq(executions.usesPins, false),
        ne(executions.trigger, "playground"),
      ),
    )
    .orderBy(desc(executions.id))
    .limit(RUNS_LOOKED_AT);
  if (runs.length < LEAST_RUNS) return [];
  const ids = sql.join(
    runs.map(({ id }) => sql`${id}::uuid`),
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
    join ledger_entries e on e.tenant_id = ${scope.tenantId}::uuid and (e.execution_id = r.id or e.root_execution_id = r.id)
    group by 1, 2, 3`);
  const costs = new Map(runs.map(({ id }) => [id, 0n]));
  for (const { run, resource, model, used } of rows) {
    if (!isResourceType(resource)) continue;
    const { tenantRate } = requireRates(lists, { resourceType: resource, modelKey: model }, now);
    costs.set(run, (costs.get(run) ?? 0n) + multiplyMicros(microsFromNumeric(used), tenantRate));
  }
  return [...costs.values()];
}
