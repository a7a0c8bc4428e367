import { and, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { type GraphNode, levelOf, nodesBefore } from "@/lib/workflows/graph";
import { liveEdgesInto } from "@/lib/workflows/schedule";
import { buildScope } from "@/lib/workflows/scope";
import type { Slot } from "@/lib/workflows/slots";
import { asStored } from "./clean";
import type { NodeValues } from "./nodes/runner";
import { wholeGraphOf } from "./pins";
import { namesIn, nodesRead } from "./reads";
import { type RunFacts, toOutcomes } from "./store";

type Locals = Readonly<Record<string, unknown>>;

/** Where a run's names come from: itself, and the runs around it as long as it follows a container's body. */
type Surroundings = {
  readonly executionIds: readonly string[];
  /** What the outermost of them was started with. */
  readonly input: Locals;
  readonly locals: Locals;
};

/** A node's end that may not be written yet. */
export type MadeStep = StepRow & { readonly chars: number };

/** What a drive remembers of a node; more is read again where it is needed. */
const MOST_KEPT_CHARS = 32_000;

/** The end of a node as it will be read: JSON, as the database gives it back. */
export function madeOf(
  nodeId: string,
  { status, branch, output }: { status: string; branch?: string | null; output?: unknown },
): MadeStep {
  const text = JSON.stringify(output ?? null);
  return { nodeId, status, branch: branch ?? null, output: asStored(JSON.parse(text)), chars: text.length };
}

/** Remembers how a node ended, unless that is large. */
export function keepMade(made: Map<string, MadeStep>, step: MadeStep): void {
  if (step.chars <= MOST_KEPT_CHARS) made.set(step.nodeId, step);
}

/**
 * What a node can read of the run. Nodes that were skipped, or that it does not name, are null.
 * @param more `locals`: names of the moment, e.g. the `round` that a loop looks back on; `made`: ends of nodes of the run
 * that are not written yet
 */
export async function valuesFor(
  tx: Tx,
  scope: TenantScope,
  run: RunFacts,
  node: GraphNode,
  { locals = {}, made }: { locals?: Locals; made?: ReadonlyMap<string, MadeStep> } = {},
): Promise<NodeValues> {
  const graph = await wholeGraphOf(tx, scope, run);
  const around = await surroundingsOf(tx, scope, run);
  const read = nodesRead(graph, node);
  const known = read.flatMap((nodeId) => made?.get(nodeId) ?? []);
  const stored = await stepRows(
    tx,
    scope,
    around,
    read.filter((nodeId) => !made?.has(nodeId)),
  );
  const rows = [...stored, ...known];
  const outputs = outputsOf(rows, nodesBefore(graph, node.id));
  const live = liveEdgesInto(graph, node.id, toOutcomes(rows));
  return {
    nodeName: node.name,
    runInput: around.input,
    scope: buildScope(around.input, outputs, { ...around.locals, ...locals }),
    liveSources: live.map(({ source }) => ({ nodeId: source, output: outputs[source] ?? null })),
  };
}

/** What the result of one item or round can read: the nodes of the body, and all that these could read. */
export async function valuesAfterBody(
  tx: Tx,
  scope: TenantScope,
  run: RunFacts,
  container: GraphNode,
  text: Pick<Slot, "type" | "value">,
): Promise<NodeValues> {
  const graph = await wholeGraphOf(tx, scope, run);
  const around = await surroundingsOf(tx, scope, run);
  const visible = new Set([
    ...levelOf(graph, container.id).nodes.map((node) => node.id),
    ...nodesBefore(graph, container.id),
  ]);
  const named = namesIn(text);
  const wanted = named === "any" ? [...visible] : named.filter((name) => visible.has(name));
  const outputs = outputsOf(await stepRows(tx, scope, around, wanted), visible);
  const values = buildScope(around.input, outputs, around.locals);
  return { nodeName: container.name, runInput: around.input, scope: values, liveSources: [] };
}

type StepRow = { nodeId: string; status: string; branch: string | null; output: unknown };

async function stepRows(
  tx: Tx,
  scope: TenantScope,
  { executionIds }: Surroundings,
  nodeIds: readonly string[],
): Promise<StepRow[]> {
  if (nodeIds.length === 0) return [];
  return tx
    .select({
      nodeId: executionSteps.nodeId,
      status: executionSteps.status,
      branch: executionSteps.branch,
      output: executionSteps.output,
    })
    .from(executionSteps)
    .where(
      and(
        sql`${executionSteps.tenantId} = ${scope.tenantId}`,
        inArray(executionSteps.executionId, [...executionIds]),
        inArray(executionSteps.nodeId, [...nodeIds]),
      ),
    );
}

function outputsOf(rows: readonly StepRow[], visible: ReadonlySet<string>): Record<string, unknown> {
  const nothing = [...visible].map((nodeId) => [nodeId, null] as const);
  const given = rows.map((row) => [row.nodeId, row.output ?? null] as const);
  return { ...Object.fromEntries(nothing), ...Object.fromEntries(given) };
}

async function surroundingsOf(tx: Tx, scope: TenantScope, run: RunFacts): Promise<Surroundings> {
  const own = asRecord(run.inputData);
  if (run.bodyNodeId === null) return { executionIds: [run.id], input: own, locals: {} };
  const { rows } = await tx.execute<{ id: string; body: string | null; input: unknown }>(sql`
    with recursive around as (
      select id, parent_execution_id, body_node_id, input_data, 1 as place
      from executions where tenant_id = ${scope.tenantId} and id = ${run.parentExecutionId}
      union all
      select e.id, e.parent_execution_id, e.body_node_id, e.input_data, around.place + 1
      from executions e join around on e.id = around.parent_execution_id
      where e.tenant_id = ${scope.tenantId} and around.body_node_id is not null
    )
    select id, body_node_id as body, input_data as input from around order by place desc`);
  const inner = rows.filter((row) => row.body !== null).map((row) => asRecord(row.input));
  return {
    executionIds: [run.id, ...rows.map((row) => row.id)],
    input: asRecord(rows[0]?.input),
    locals: Object.assign({}, ...inner, own),
  };
}

function asRecord(value: unknown): Locals {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
