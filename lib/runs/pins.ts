import { and, desc, eq, lte } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { agents, agentVersions, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { type AgentVersionDto, agentVersion, assertActive } from "@/lib/agents/queries";
import { AppError } from "@/lib/errors";
import { type Graph, type GraphNode, levelOf } from "@/lib/workflows/graph";
import { findKind, parseConfig } from "@/lib/workflows/nodes";
import { readGraph } from "@/lib/workflows/store";

/** How many versions of one sort this process keeps. */
const MOST_KNOWN = 100;

/**
 * The version of an agent that a run uses: the pinned one on a run of an agent, and in a workflow the newest one that
 * was there when the run was started. An agent that is inactive by now answers in no workflow.
 * @throws AppError `precondition`, reasons `agent_missing`, `agent_inactive`
 */
export async function pinnedAgent(
  tx: Tx,
  scope: TenantScope,
  pin: { agentId: string; agentVersionId: string | null; runCreatedAt: Date },
): Promise<AgentVersionDto> {
  if (pin.agentVersionId) return knownVersion(tx, scope, pin.agentVersionId);
  const [row] = await tx
    .select({ id: agentVersions.id, name: agents.name, isActive: agents.isActive })
    .from(agentVersions)
    .innerJoin(agents, and(eq(agents.tenantId, agentVersions.tenantId), eq(agents.id, agentVersions.agentId)))
    .where(
      and(
        eq(agentVersions.tenantId, scope.tenantId),
        eq(agentVersions.agentId, pin.agentId),
        lte(agentVersions.createdAt, pin.runCreatedAt),
      ),
    )
    .orderBy(desc(agentVersions.version))
    .limit(1);
  if (!row)
    throw new AppError("precondition", "The agent of this node does not exist any more.", {
      reason: "agent_missing",
    });
  assertActive(row);
  return knownVersion(tx, scope, row.id);
}

/** Versions never change, so each is read once. The newest are at the end. */
const versions = new Map<string, AgentVersionDto>();

async function knownVersion(tx: Tx, scope: TenantScope, versionId: string): Promise<AgentVersionDto> {
  const key = `${scope.tenantId}:${versionId}`;
  const version = versions.get(key) ?? (await agentVersion(tx, scope, versionId));
  keepNewest(versions, key, version);
  return version;
}

function keepNewest<T>(known: Map<string, T>, key: string, value: T): void {
  known.set(key, value);
  const oldest = known.keys().next().value;
  if (known.size > MOST_KNOWN && oldest) known.delete(oldest);
}

type Pins = { readonly agentVersionId: string | null; readonly createdAt: Date };

/** The same for a node of a run; null when it is no agent's. @throws what `pinnedAgent` throws */
export async function agentOfNode(
  tx: Tx,
  scope: TenantScope,
  { agentVersionId, createdAt: runCreatedAt }: Pins,
  node: GraphNode,
): Promise<AgentVersionDto | null> {
  if (node.kind !== "agent") return null;
  const { agentId } = parseConfig("agent", node.config);
  return pinnedAgent(tx, scope, { agentId, agentVersionId, runCreatedAt });
}

/** A run of an agent is a graph of one node, so that everything else is the same. */
export const AGENT_NODE_ID = "agent";

function agentGraph(agentId: string, name: string): Graph {
  const config = { agentId, prompt: "{{ input.prompt }}" };
  const node = { id: AGENT_NODE_ID, kind: "agent", name, position: { x: 0, y: 0 }, config };
  return { version: 1, nodes: [node], edges: [] };
}

/** A version's graph and what of it runs together. */
type Known = { readonly whole: Graph; readonly levels: Map<string | null, Graph> };

/** Versions never change, so a graph is read and checked once. The newest are at the end. */
const graphs = new Map<string, Known>();

type Followed = {
  readonly workflowVersionId: string | null;
  readonly agentId: string | null;
  readonly name: string;
  /** The container whose body the run follows; none for the nodes outside. */
  readonly bodyNodeId?: string | null;
};

/** The nodes a run follows: those outside of containers, or a container's body. */
export async function graphOf(tx: Tx, scope: TenantScope, run: Followed): Promise<Graph> {
  const known = await knownGraph(tx, scope, run);
  const parent = run.bodyNodeId ?? null;
  const level = known.levels.get(parent) ?? withoutNotes(levelOf(known.whole, parent));
  known.levels.set(parent, level);
  return level;
}

/** The whole graph of the version a run follows, with every container and what is in it. */
export async function wholeGraphOf(tx: Tx, scope: TenantScope, run: Followed): Promise<Graph> {
  return (await knownGraph(tx, scope, run)).whole;
}

async function knownGraph(tx: Tx, scope: TenantScope, run: Followed): Promise<Known> {
  if (!run.workflowVersionId) return { whole: agentGraph(run.agentId ?? "", run.name), levels: new Map() };
  const key = `${scope.tenantId}:${run.workflowVersionId}`;
  const found = graphs.get(key);
  if (found) return found;
  const [row] = await tx
    .select({ graph: workflowVersions.dagStructure })
    .from(workflowVersions)
    .where(and(eq(workflowVersions.tenantId, scope.tenantId), eq(workflowVersions.id, run.workflowVersionId)))
    .limit(1);
  if (!row) throw new AppError("not_found", "The version of the workflow that this run follows is gone.");
  const known = { whole: readGraph(row.graph), levels: new Map() };
  keepNewest(graphs, key, known);
  return known;
}

function withoutNotes(graph: Graph): Graph {
  return { ...graph, nodes: graph.nodes.filter((node) => !findKind(node.kind)?.isAnnotation) };
}
