import "server-only";
import { and, desc, eq, inArray, isNull, not } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { isAmong } from "@/db/made-once";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import {
  ancestorsOf,
  descendantsOf,
  edgesBy,
  findInputNode,
  type Graph,
  type GraphNode,
  levelOf,
} from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";
import { liveEdgesInto, type Outcome } from "@/lib/workflows/schedule";
import { branchOfPin, type Given } from "../given";
import type { RunNodesInput } from "../input";
import { launchRun } from "../launch";
import type { Launch, RunStarted } from "../new-run";
import { nodesRead, readsInput } from "../reads";
import { isLeftOut } from "../run-columns";
import { loadSource } from "../source";
import { portsOf } from "../steps";
import { runNotFound } from "../store";
import { assertRunnable, assertSeen, checkedInput, openWorkflow, workflowTarget } from "../target";

/** How many of the newest runs are looked at for outputs. */
const RUNS_LOOKED_AT = 20;

/**
 * Runs one node of a workflow's draft as it is now, or a node and everything after it. What comes before gives the output
 * that is pinned to it, or the one it had in an earlier run, and is not billed again.
 *
 * @throws AppError `not_found`; `invalid` when the nodes cannot run; `precondition`, reasons `missing_outputs` with the
 * nodes named, `not_reached`, `inside_container`, `workflow_inactive`, `rate_missing`; `conflict`
 */
export async function runNodes(scope: TenantScope, input: RunNodesInput): Promise<RunStarted> {
  authorize(scope, "workflow.run");
  const { idempotencyKey, ...asked } = input;
  return launchRun(scope, { asked: { nodes: asked }, idempotencyKey }, () =>
    asTenant(scope, (tx) => prepareNodes(tx, scope, asked)),
  );
}

type Asked = Omit<RunNodesInput, "idempotencyKey">;

async function prepareNodes(tx: Tx, scope: TenantScope, asked: Asked): Promise<Launch> {
  const opened = await openWorkflow(tx, scope, asked.workflowId, "draft");
  assertSeen(opened, asked.revision);
  const level = levelOf(opened.graph, null);
  const node = runnableNode(opened.graph, asked.nodeId);
  const only = new Set([node.id, ...(asked.scope === "from" ? descendantsOf(level, node.id) : [])]);
  await assertRunnable(tx, scope, opened, withBodies(opened.graph, only));
  const needed = nodesBefore(level, only);
  const pinned = needed.filter((each) => each.pin !== undefined);
  const found = await outputsOf(
    tx,
    scope,
    asked,
    needed.filter((each) => each.pin === undefined),
  );
  assertAllFound(requiredBy(opened.graph, only), pinned, found);
  assertReached(level, node, pinned, found);
  const takesPart = new Set([...only, ...pinned.map(({ id }) => id), ...found.map(({ nodeId }) => nodeId)]);
  const given: Given = {
    reused: found.map(({ stepId, nodeId }) => ({ stepId, nodeId })),
    pinned,
    leftOut: level.nodes.filter(({ id, kind }) => !takesPart.has(id) && !findKind(kind)?.isAnnotation),
  };
  const input = await inputFor(tx, scope, opened.graph, { asked, only, pinned, found });
  return {
    mode: "nodes",
    target: await workflowTarget(tx, scope, opened, input),
    onlyNodes: [...only],
    usesPins: true,
    given,
    ...(asked.sourceExecutionId ? { sourceExecutionId: asked.sourceExecutionId } : {}),
  };
}

function runnableNode(graph: Graph, nodeId: string): GraphNode {
  const node = graph.nodes.find((each) => each.id === nodeId);
  if (!node || findKind(node.kind)?.isAnnotation) {
    throw new AppError("not_found", "The draft has no such node.");
  }
  if (!node.parent) return node;
  const container = graph.nodes.find((each) => each.id === node.parent);
  throw new AppError(
    "precondition",
    `“${node.name}” runs once for each round of “${container?.name ?? node.parent}”. Run that instead.`,
    { reason: "inside_container" },
  );
}

/** The nodes with everything inside of them. */
function withBodies(graph: Graph, only: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set(only);
  for (let size = 0; size !== all.size; ) {
    size = all.size;
    for (const node of graph.nodes) if (node.parent && all.has(node.parent)) all.add(node.id);
  }
  return all;
}

/**
 * What the nodes cannot run without: what leads to them, back to where an output is pinned, and what they name. Those of
 * them that are pinned need nothing.
 */
function requiredBy(graph: Graph, only: ReadonlySet<string>): readonly GraphNode[] {
  const level = levelOf(graph, null);
  const incoming = edgesBy(level, "target");
  const nodes = new Map(level.nodes.map((node) => [node.id, node]));
  const runs = (id: string) => nodes.get(id)?.pin === undefined;
  const running = new Set([...only].filter(runs));
  const required = new Set<string>();
  const path = [...running];
  for (let id = path.pop(); id !== undefined; id = path.pop()) {
    for (const { source } of incoming.get(id) ?? []) {
      if (only.has(source) || required.has(source)) continue;
      required.add(source);
      if (runs(source)) path.push(source);
    }
  }
  const bodies = withBodies(graph, running);
  const input = findInputNode(graph);
  for (const node of graph.nodes.filter(({ id }) => bodies.has(id))) {
    for (const id of nodesRead(graph, node)) required.add(id);
    if (input && readsInput(node)) required.add(input.id);
  }
  return level.nodes.filter(({ id }) => required.has(id) && !only.has(id));
}

/** What the nodes can read: everything before any of them that does not run itself. */
function nodesBefore(level: Graph, only: ReadonlySet<string>): readonly GraphNode[] {
  const incoming = edgesBy(level, "target");
  const before = new Set([...only].flatMap((id) => [...ancestorsOf(level, id, incoming)]));
  return level.nodes.filter((node) => before.has(node.id) && !only.has(node.id));
}

type FoundStep = {
  readonly stepId: string;
  readonly nodeId: string;
  readonly executionId: string;
  readonly status: string;
  readonly branch: string | null;
};

/** The end of each node in the chosen run, or in the newest of the workflow's runs that has one: what was pinned to it then it never gave. */
async function outputsOf(
  tx: Tx,
  scope: TenantScope,
  { workflowId, sourceExecutionId }: Asked,
  nodes: readonly GraphNode[],
): Promise<FoundStep[]> {
  if (sourceExecutionId) {
    const source = await loadSource(tx, scope, sourceExecutionId);
    if (source.workflowId !== workflowId) throw runNotFound();
  }
  if (nodes.length === 0) return [];
  const runs = tx
    .select({ id: executions.id })
    .from(executions)
    .where(
      and(
        eq(executions.tenantId, scope.tenantId),
        eq(executions.workflowId, workflowId),
        isNull(executions.rootExecutionId),
        sourceExecutionId ? eq(executions.id, sourceExecutionId) : undefined,
      ),
    )
    .orderBy(desc(executions.id))
    .limit(RUNS_LOOKED_AT);
  return tx
    .selectDistinctOn([executionSteps.nodeId], {
      stepId: executionSteps.id,
      nodeId: executionSteps.nodeId,
      executionId: executionSteps.executionId,
      status: executionSteps.status,
      branch: executionSteps.branch,
    })
    .from(executionSteps)
    .where(
      and(
        eq(executionSteps.tenantId, scope.tenantId),
        isAmong(executionSteps.executionId, runs),
        inArray(
          executionSteps.nodeId,
          nodes.map((node) => node.id),
        ),
        eq(executionSteps.iteration, 0),
        inArray(executionSteps.status, ["completed", "skipped"]),
        eq(executionSteps.isPinned, false),
        // Left out of a run of some nodes is not the same as skipped by a branch.
        not(isLeftOut),
      ),
    )
    .orderBy(executionSteps.nodeId, desc(executionSteps.executionId));
}

function assertAllFound(
  required: readonly GraphNode[],
  pinned: readonly GraphNode[],
  found: readonly FoundStep[],
): void {
  const have = new Set([...pinned.map((node) => node.id), ...found.map((step) => step.nodeId)]);
  const missing = required.filter((node) => !have.has(node.id));
  if (missing.length === 0) return;
  const names = missing.slice(0, 5).map((node) => `“${node.name}”`);
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : "";
  const verb = missing.length === 1 ? "has" : "have";
  throw new AppError(
    "precondition",
    `${names.join(", ")}${more} ${verb} no output to go on from. Run the workflow once, or pin an output.`,
    { reason: "missing_outputs", fields: { nodes: missing.map((node) => node.id) } },
  );
}

/** A node to which no live edge leads would only be skipped. */
function assertReached(
  level: Graph,
  node: GraphNode,
  pinned: readonly GraphNode[],
  found: readonly FoundStep[],
): void {
  const outcomes = new Map<string, Outcome>([
    ...found.map(({ nodeId, status, branch }): [string, Outcome] => [
      nodeId,
      status === "completed" ? { status: "completed", ports: portsOf(branch) } : { status: "skipped" },
    ]),
    ...pinned.map((each): [string, Outcome] => [
      each.id,
      { status: "completed", ports: portsOf(branchOfPin(each)) },
    ]),
  ]);
  const isStart = !level.edges.some((edge) => edge.target === node.id);
  if (isStart || liveEdgesInto(level, node.id, outcomes).length > 0) return;
  throw new AppError(
    "precondition",
    `“${node.name}” was not reached with these outputs: a branch before it went another way.`,
    { reason: "not_reached" },
  );
}

type Prepared = {
  readonly asked: Asked;
  readonly only: ReadonlySet<string>;
  readonly pinned: readonly GraphNode[];
  readonly found: readonly FoundStep[];
};

/** The input of the run whose outputs are used, what is pinned to the input node, or what its defaults give. */
async function inputFor(
  tx: Tx,
  scope: TenantScope,
  graph: Graph,
  { asked, only, pinned, found }: Prepared,
): Promise<unknown> {
  const node = findInputNode(graph);
  const pin = pinned.find((each) => each.id === node?.id)?.pin;
  if (pin) return pin;
  const ofInput = found.find((step) => step.nodeId === node?.id) ?? found[0];
  const executionId = ofInput?.executionId ?? asked.sourceExecutionId;
  const [run] = executionId
    ? await tx
        .select({ input: executions.inputData })
        .from(executions)
        .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.id, executionId)))
    : [];
  const input = (run?.input ?? {}) as Readonly<Record<string, unknown>>;
  return node && only.has(node.id) ? checkedInput(graph, node.pin ?? input) : input;
}
