import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { databaseTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { ERROR_PORT, isRecord } from "@/lib/workflows/kind";
import { findKind, portsOfNode } from "@/lib/workflows/nodes";
import { cleanOutput } from "./clean";
import { insertSkipped, type StepEnd } from "./steps";

/** A step of an earlier run whose end a new run takes over. */
export type ReusedStep = { readonly stepId: string; readonly nodeId: string };

/** What a run has from its start, so that it is neither run nor billed. */
export type Given = {
  readonly reused: readonly ReusedStep[];
  /** Nodes that give the output that is pinned to them. */
  readonly pinned: readonly GraphNode[];
  /** Nodes that do not take part. */
  readonly leftOut: readonly GraphNode[];
};

export const NOTHING_GIVEN: Given = { reused: [], pinned: [], leftOut: [] };

/** The nodes that a run with these steps may still run; what is inside a given container is given with it. */
export function nodesToRun(graph: Graph, given: Given): readonly GraphNode[] {
  const out = new Set([
    ...given.reused.map((step) => step.nodeId),
    ...given.pinned.map((node) => node.id),
    ...given.leftOut.map((node) => node.id),
  ]);
  if (out.size === 0) return graph.nodes;
  const parents = new Map(graph.nodes.map((node) => [node.id, node.parent]));
  const isOut = (id: string): boolean => {
    const seen = new Set<string>();
    for (let at: string | undefined = id; at !== undefined && !seen.has(at); at = parents.get(at)) {
      if (out.has(at)) return true;
      seen.add(at);
    }
    return false;
  };
  return graph.nodes.filter((node) => !isOut(node.id));
}

/** Writes the given steps of a new run, in the transaction that writes the run. */
export async function insertGiven(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  graph: Graph,
  { reused, pinned, leftOut }: Given,
): Promise<void> {
  await copySteps(tx, scope, executionId, graph, reused);
  await insertPinned(tx, scope, executionId, pinned);
  await insertSkipped(tx, scope, executionId, leftOut);
}

/**
 * Copies ended steps inside the database, whatever their size. `reused_step_id` names the step that ran, however often
 * its output was taken over, so that what it cost is found.
 */
async function copySteps(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  graph: Graph,
  reused: readonly ReusedStep[],
): Promise<void> {
  if (reused.length === 0) return;
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const rows = sql.join(
    reused.map(
      ({ stepId, nodeId }) => sql`(${stepId}::uuid, ${newId()}::uuid, ${names.get(nodeId) ?? nodeId}::text)`,
    ),
    sql`, `,
  );
  const ended = sql`case when s.status = 'completed' then ${databaseTime()} end`;
  await tx.execute(sql`
    insert into execution_steps (id, tenant_id, execution_id, node_id, iteration, kind, name, status, input, output,
      branch, detail, reused_step_id, is_pinned, started_at, completed_at)
    select g.id, s.tenant_id, ${executionId}::uuid, s.node_id, s.iteration, s.kind, g.name, s.status, s.input, s.output,
      s.branch, s.detail, coalesce(s.reused_step_id, s.id), s.is_pinned, ${ended}, ${ended}
    from (values ${rows}) as g(source_id, id, name)
    join execution_steps s on s.tenant_id = ${scope.tenantId} and s.id = g.source_id
    where s.status in ('completed', 'skipped')`);
}

async function insertPinned(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  nodes: readonly GraphNode[],
): Promise<void> {
  if (nodes.length === 0) return;
  await tx.insert(executionSteps).values(
    nodes.map((node) => ({
      id: newId(),
      tenantId: scope.tenantId,
      executionId,
      nodeId: node.id,
      kind: node.kind,
      name: node.name,
      status: "completed",
      output: cleanOutput(node.pin ?? {}, node.name),
      branch: branchOfPin(node),
      isPinned: true,
      startedAt: databaseTime(),
      completedAt: databaseTime(),
    })),
  );
}

/** How a node ends that has a pinned output, in a run that uses these; null when it has to run. */
export function pinnedEnd(run: { usesPins: boolean }, node: GraphNode): StepEnd | null {
  if (!run.usesPins || !node.pin) return null;
  const output = cleanOutput(node.pin, node.name);
  return { status: "completed", output, branch: branchOfPin(node), isPinned: true };
}

/**
 * The port a pinned output leaves by: of those of its kind, the one that its first field names, else the first. What a
 * failure gave leaves by On error, where the node has that.
 */
export function branchOfPin(node: GraphNode): string | null {
  const ports = portsOfNode(node);
  if (ports.length < 2) return null;
  const { pin = {} } = node;
  if (isRecord(pin.error) && ports.includes(ERROR_PORT)) return ERROR_PORT.id;
  const own = ports.filter((port) => port !== ERROR_PORT);
  const [decides] = findKind(node.kind)?.outputs(node.config) ?? [];
  const said = decides ? String(pin[decides.key]) : "";
  return (own.find((port) => port.id === said) ?? own[0])?.id ?? null;
}
