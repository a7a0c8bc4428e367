import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { executions, workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { runnableVersion } from "@/lib/agents/queries";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { type PriceLists, pricesAt } from "@/lib/metering/rates";
import { RESOURCE_TYPES } from "@/lib/metering/resources";
import { EMPTY_GRAPH, type Graph, parseGraph } from "@/lib/workflows/graph";
import { workflowNotFound } from "@/lib/workflows/store";
import { type CostBefore, didAllItself, listLengths, rangeAgain } from "./cost-again";
import { estimateGraph, type GraphEstimate } from "./estimate-graph";
import { type ListLengths, rangeOfRuns, widened } from "./graph-cost";
import type { EstimateRunInput } from "./input";
import { type Alike, costsOf, pastRuns } from "./past-costs";
import { graphOf } from "./pins";
import { loadSource, type SourceRun } from "./source";

export type RunCostRange = GraphEstimate & {
  /** So many runs that are over, priced anew; zero when it is estimated from the graph. */
  readonly runs: number;
  /** So many of them were of this very version; of fewer than five the graph counts too. */
  readonly sameRuns: number;
  /** Of a run that is to be run again on its version: what it cost itself. */
  readonly before: CostBefore | null;
};

/** Fewer say little about the next one. */
export const LEAST_RUNS = 5;

type Target = Alike & { readonly graph: Graph; readonly hasNodeFee: boolean };

/** The run that is to be run again, if any. */
type Again = { readonly source: SourceRun; readonly isSame: boolean; readonly lengths: ListLengths };

/**
 * What a run will cost in the workspace's own prices of now. From the last 50 runs of exactly this graph (or version of
 * the agent) that completed, with what they used priced anew: the 10th, 50th and 90th of a hundred. With fewer than five
 * of them, the same of runs of any version: most likely the median, between the least and the most that those runs and the
 * graph (`graphCost`, `estimateGraph`) make likely. Without any, from the graph alone. A run that is to be run again has the
 * lists it had, and on its version most likely costs what it cost.
 * @throws AppError `not_found`; `precondition`, reasons `rate_missing`, `agent_inactive`, `not_published`
 */
export async function costRange(scope: TenantScope, input: EstimateRunInput): Promise<RunCostRange> {
  const permission =
    "executionId" in input ? "run.read" : "agentId" in input ? "agent.read" : "workflow.read";
  authorize(scope, permission);
  return asWorker(scope, async (tx) => {
    const now = currentTime();
    const asked = "executionId" in input ? await againOf(tx, scope, input) : input;
    const again = "source" in asked ? asked : null;
    const target = await targetOf(tx, scope, asked);
    const lists = await pricesAt(tx, scope, RESOURCE_TYPES, now);
    const before = again ? await costBefore(tx, scope, again, { lists, now }) : null;
    const same = await pastRuns(tx, scope, target.same, target.inPlayground);
    if (same.length >= LEAST_RUNS) {
      const range = rangeAgain(rangeOfRuns(await costsOf(tx, scope, same, { lists, now })), before);
      return { ...range, runs: same.length, sameRuns: same.length, lists: [], before };
    }
    const { graph, hasNodeFee } = target;
    const lengths = again?.lengths;
    const guess = await estimateGraph(tx, scope, graph, { lists, now, hasNodeFee, lengths });
    const seenRuns = await pastRuns(tx, scope, target.alike, target.inPlayground);
    if (seenRuns.length === 0) {
      return { ...rangeAgain(guess, before), lists: guess.lists, runs: 0, sameRuns: 0, before };
    }
    const seen = widened(rangeOfRuns(await costsOf(tx, scope, seenRuns, { lists, now })), guess);
    const counts = { runs: seenRuns.length, sameRuns: same.length };
    return { ...rangeAgain(seen, before), lists: guess.lists, ...counts, before };
  });
}

type OfRun = Extract<EstimateRunInput, { executionId: string }>;

async function againOf(tx: Tx, scope: TenantScope, { executionId, on }: OfRun): Promise<Again> {
  const source = await loadSource(tx, scope, executionId);
  return { source, isSame: on === "same", lengths: await listLengths(tx, scope, source.id) };
}

async function costBefore(
  tx: Tx,
  scope: TenantScope,
  { source, isSame }: Again,
  prices: { lists: PriceLists; now: Date },
): Promise<CostBefore | null> {
  if (!isSame || !didAllItself(source)) return null;
  const [cost = 0n] = await costsOf(tx, scope, [source.id], prices);
  return { cost, isWhole: source.status === "completed" };
}

async function targetOf(
  tx: Tx,
  scope: TenantScope,
  asked: Exclude<EstimateRunInput, OfRun> | Again,
): Promise<Target> {
  if ("agentId" in asked) {
    const { id, name } = await versionOf(tx, scope, asked.agentId);
    return agentTarget(tx, scope, { agentId: asked.agentId, versionId: id, name }, asked.inPlayground);
  }
  if ("workflowId" in asked)
    return workflowTarget(tx, scope, asked.workflowId, asked.useDraft ? "draft" : "published");
  const { source, isSame } = asked;
  if (source.workflowId) {
    const newest = source.isDraftRun ? "draft" : "published";
    const at = isSame ? { versionId: source.workflowVersionId ?? "" } : newest;
    return workflowTarget(tx, scope, source.workflowId, at);
  }
  const agentId = source.agentId ?? "";
  const { id, name } = await versionOf(tx, scope, agentId);
  const versionId = isSame ? (source.agentVersionId ?? id) : id;
  return agentTarget(tx, scope, { agentId, versionId, name }, false);
}

async function versionOf(tx: Tx, scope: TenantScope, agentId: string) {
  if (!isId(agentId)) throw new AppError("not_found", "This agent does not exist.");
  return runnableVersion(tx, scope, agentId);
}

async function agentTarget(
  tx: Tx,
  scope: TenantScope,
  { agentId, versionId, name }: { agentId: string; versionId: string; name: string },
  inPlayground: boolean,
): Promise<Target> {
  return {
    graph: await graphOf(tx, scope, { workflowVersionId: null, agentId, name }),
    same: eq(executions.agentVersionId, versionId),
    alike: eq(executions.agentId, agentId),
    inPlayground,
    hasNodeFee: false,
  };
}

/** A draft counts the runs of the versions that are just like it: a run of a draft freezes one. */
async function workflowTarget(
  tx: Tx,
  scope: TenantScope,
  workflowId: string,
  at: "draft" | "published" | { versionId: string },
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
  const versionId = typeof at === "object" ? at.versionId : workflow.publishedVersionId;
  if (at === "published" && !versionId)
    throw new AppError("precondition", `The workflow ${workflow.name} has not been published yet.`, {
      reason: "not_published",
    });
  const versions = workflowVersions;
  const mine = and(eq(versions.tenantId, scope.tenantId), eq(versions.workflowId, workflowId));
  const [chosen] =
    at === "draft"
      ? [{ graph: workflow.dagStructure }]
      : await tx
          .select({ graph: versions.dagStructure })
          .from(versions)
          .where(and(mine, eq(versions.id, versionId ?? "")));
  const like = await tx
    .select({ id: versions.id })
    .from(versions)
    .where(and(mine, sql`${versions.dagStructure} = ${JSON.stringify(chosen?.graph ?? null)}::jsonb`));
  // A draft that is not a graph yet costs nothing that could be said.
  const parsed = parseGraph(chosen?.graph);
  const ids = like.map(({ id }) => id);
  return {
    graph: parsed.ok ? parsed.graph : EMPTY_GRAPH,
    same: ids.length > 0 ? inArray(executions.workflowVersionId, ids) : sql`false`,
    alike: eq(executions.workflowId, workflowId),
    inPlayground: false,
    hasNodeFee: true,
  };
}
