import "server-only";
import { and, asc, eq, gt, inArray } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { agents, agentVersions, workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { isId } from "@/lib/ids";
import { diffGraphs, type GraphDiff } from "@/lib/workflows/diff";
import { namesInGraphs } from "@/lib/workflows/diff-names";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { textOf } from "@/lib/workflows/kind";
import { readGraph } from "@/lib/workflows/store";
import { calledNow } from "./pinned-versions";
import type { SourceRun } from "./source";

/** What a run refers to and what has become another one since it began. */
export type ChangedSince = {
  /** The nodes that refer to any of it, be it through workflows that they call. */
  readonly nodeIds: ReadonlySet<string>;
  /** The workflows called without a fixed version, directly or through others. */
  readonly called: readonly { readonly workflowId: string; readonly from: string; readonly to: string }[];
  readonly agentIds: readonly string[];
};

/** The same run again finds all as it was. */
export const NOTHING_CHANGED: ChangedSince = { nodeIds: new Set(), called: [], agentIds: [] };

/**
 * What has changed of the agents and called workflows of a graph since the run began: other agents, and other published
 * versions, wherever they are called. What a node calls by a fixed version stays as it is, but not what that calls.
 */
export async function changedSince(
  tx: Tx,
  scope: TenantScope,
  source: Pick<SourceRun, "pinnedAt" | "pinnedVersions">,
  graph: Graph,
): Promise<ChangedSince> {
  const { pinned, called } = await calledNow(tx, scope, graph);
  const agentIds = await newerAgents(tx, scope, [graph, ...called.values()], source.pinnedAt);
  const seen = new Map<string, boolean>();
  const hasChanged = (node: GraphNode): boolean => {
    if (node.kind === "agent") return agentIds.includes(textOf(node.config, "agentId"));
    if (node.kind !== "workflow") return false;
    const workflowId = textOf(node.config, "workflowId");
    const fixed = textOf(node.config, "versionId");
    if (fixed === "" && source.pinnedVersions?.[workflowId] !== pinned[workflowId]) return true;
    return isWithin(fixed || pinned[workflowId] || "");
  };
  const isWithin = (versionId: string): boolean => {
    const known = seen.get(versionId);
    if (known !== undefined) return known;
    seen.set(versionId, false);
    const found = called.get(versionId)?.nodes.some(hasChanged) ?? false;
    seen.set(versionId, found);
    return found;
  };
  const before = source.pinnedVersions ?? {};
  return {
    nodeIds: new Set(graph.nodes.filter(hasChanged).map(({ id }) => id)),
    called: Object.entries(pinned).flatMap(([workflowId, to]) => {
      const from = before[workflowId];
      return from === undefined || from === to ? [] : [{ workflowId, from, to }];
    }),
    agentIds,
  };
}

async function newerAgents(
  tx: Tx,
  { tenantId }: TenantScope,
  graphs: readonly Graph[],
  since: Date,
): Promise<readonly string[]> {
  const asked = graphs
    .flatMap(({ nodes }) => nodes.filter(({ kind }) => kind === "agent"))
    .map(({ config }) => textOf(config, "agentId"));
  const ids = [...new Set(asked)].filter(isId);
  if (ids.length === 0) return [];
  const { agentId, createdAt } = agentVersions;
  const newer = and(eq(agentVersions.tenantId, tenantId), inArray(agentId, ids), gt(createdAt, since));
  return (await tx.selectDistinct({ id: agentId }).from(agentVersions).where(newer)).map(({ id }) => id);
}

/** What has changed outside of a workflow's own versions, by the names that people know. */
export type ChangesAround = {
  readonly called: readonly {
    readonly workflowId: string;
    readonly name: string;
    readonly from: number;
    readonly to: number;
    readonly diff: GraphDiff;
  }[];
  /** The names of agents. */
  readonly agents: readonly string[];
};

/** Tells what has changed. */
export async function changesAround(
  tx: Tx,
  scope: TenantScope,
  { called, agentIds }: ChangedSince,
): Promise<ChangesAround> {
  const { tenantId } = scope;
  const ids = called.flatMap(({ from, to }) => [from, to]);
  const rows =
    ids.length === 0
      ? []
      : await tx
          .select({
            id: workflowVersions.id,
            name: workflows.name,
            number: workflowVersions.version,
            graph: workflowVersions.dagStructure,
          })
          .from(workflowVersions)
          .innerJoin(
            workflows,
            and(
              eq(workflows.tenantId, workflowVersions.tenantId),
              eq(workflows.id, workflowVersions.workflowId),
            ),
          )
          .where(and(eq(workflowVersions.tenantId, tenantId), inArray(workflowVersions.id, ids)));
  const versions = new Map(rows.map((row) => [row.id, { ...row, graph: readGraph(row.graph) }]));
  const names = await namesInGraphs(
    tx,
    scope,
    [...versions.values()].map(({ graph }) => graph),
  );
  const named =
    agentIds.length === 0
      ? []
      : await tx
          .select({ name: agents.name })
          .from(agents)
          .where(and(eq(agents.tenantId, tenantId), inArray(agents.id, [...agentIds])))
          .orderBy(asc(agents.name), asc(agents.id));
  return {
    called: called.flatMap(({ workflowId, from, to }) => {
      const [was, is] = [versions.get(from), versions.get(to)];
      if (!was || !is) return [];
      const diff = diffGraphs(was.graph, is.graph, names);
      return [{ workflowId, name: is.name, from: was.number, to: is.number, diff }];
    }),
    agents: named.map(({ name }) => name),
  };
}
