import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { databaseTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import type { Graph } from "@/lib/workflows/graph";
import { cleanValue } from "./clean";
import { insertGiven, NOTHING_GIVEN } from "./given";
import { graphOf } from "./pins";
import { planReuse } from "./reuse";
import type { HeldStep } from "./settle-step";
import { sourceSteps } from "./source";

/** The step of the resumed run whose items, rounds or called run this one goes on with; none for a step that begins anew. */
export function continuedStep({ run, node }: Pick<HeldStep, "run" | "node">): string | null {
  return run.continues?.[node.id] ?? null;
}

/**
 * The step that is gone on with, and those that its own run was to go on with before that: what a resumed run did not come
 * to, it left where it was. The nearest is at place 0.
 */
export function sourcesOf({ tenantId }: TenantScope, stepId: SQL): SQL {
  return sql`sources(step_id, place) as (
    select ${stepId}, 0
    union all
    select (r.continues->>s.node_id)::uuid, x.place + 1 from sources x
    join execution_steps s on s.tenant_id = ${tenantId} and s.id = x.step_id
    join executions r on r.tenant_id = ${tenantId} and r.id = s.execution_id
    where r.continues->>s.node_id is not null
  )`;
}

/** The part of an index as the nearest of these steps has it. */
function partBefore({ tenantId }: TenantScope, index: SQL): SQL {
  return sql`(select e.* from sources x
    join executions e on e.tenant_id = ${tenantId} and e.parent_step_id = x.step_id and e.item_index = ${index}
    order by x.place limit 1)`;
}

/** A part that is to be there: an item, a round or a called run, and what it is given. */
export type Part = {
  readonly index: number;
  readonly input: unknown;
  /** The version that a called run is to be of. */
  readonly versionId?: string;
};

/** The completed parts of the same input that can be taken over: `c`, for each wanted `w.part`. */
function carriable(scope: TenantScope, parts: readonly Part[]): SQL {
  const wanted = JSON.stringify(
    parts.map((part) => ({ ...part, input: cleanValue(part.input), id: newId() })),
  );
  return sql`from jsonb_array_elements(${wanted}::jsonb) as w(part)
    cross join lateral ${partBefore(scope, sql`(w.part->>'index')::int`)} c
    where c.status = 'completed' and c.input_data::jsonb = w.part->'input'
      and c.workflow_version_id = coalesce((w.part->>'versionId')::uuid, c.workflow_version_id)`;
}

/** How much the parts gave that would be taken over, in bytes as text, and how many they are. */
export async function sizeBefore(tx: Tx, scope: TenantScope, held: HeldStep, parts: readonly Part[]) {
  const sourceStepId = continuedStep(held);
  if (!sourceStepId || parts.length === 0) return { bytes: 0, count: 0 };
  const { rows } = await tx.execute<{ bytes: string; count: number }>(sql`
    with recursive ${sourcesOf(scope, sql`${sourceStepId}::uuid`)}
    select coalesce(sum(octet_length(c.result_data::text)), 0) as bytes, count(*)::int as count
    ${carriable(scope, parts)}`);
  return { bytes: Number(rows[0]?.bytes ?? 0), count: rows[0]?.count ?? 0 };
}

/**
 * Takes over the parts that completed with the same input in the run that is resumed: as ended runs of this step, with
 * their results, neither run nor billed again. @returns the places of those that were, without their results: those of a
 * thousand parts may be more than a process can take in
 */
export async function carryOverParts(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  parts: readonly Part[],
): Promise<readonly number[]> {
  const sourceStepId = continuedStep(held);
  if (!sourceStepId || parts.length === 0) return [];
  const { run, stepId } = held;
  const { rows } = await tx.execute<{ index: number }>(sql`
    with recursive ${sourcesOf(scope, sql`${sourceStepId}::uuid`)}
    insert into executions (id, tenant_id, workflow_id, workflow_version_id, status, input_data, result_data, trigger,
      started_by, parent_execution_id, parent_step_id, root_execution_id, depth, item_index, body_node_id, mode,
      source_execution_id, pinned_versions, uses_pins, created_at, started_at, completed_at)
    select (w.part->>'id')::uuid, c.tenant_id, c.workflow_id, c.workflow_version_id, 'completed', c.input_data,
      c.result_data, 'workflow', ${run.startedBy}::uuid, ${run.id}::uuid, ${stepId}::uuid,
      ${run.rootExecutionId ?? run.id}::uuid, ${run.depth + 1}, c.item_index, c.body_node_id, 'resume', c.id,
      c.pinned_versions, c.uses_pins, ${databaseTime()}, ${databaseTime()}, ${databaseTime()}
    ${carriable(scope, parts)}
    on conflict do nothing
    returning item_index as index`);
  return rows.map(({ index }) => index);
}

/** Takes over one part as `carryOverParts` does. @returns its result; null when it was not taken over */
export async function carryOverPart(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  part: Part,
): Promise<{ readonly result: unknown } | null> {
  const [index] = await carryOverParts(tx, scope, held, [part]);
  if (index === undefined) return null;
  const [row] = await tx
    .select({ result: executions.resultData })
    .from(executions)
    .where(
      and(
        eq(executions.tenantId, scope.tenantId),
        eq(executions.parentStepId, held.stepId),
        eq(executions.itemIndex, index),
      ),
    );
  return row ?? null;
}

/**
 * Gives new parts what their predecessors in the resumed run had done before they failed: only those of the same input
 * have one, and a called run only one of the same version. Items and rounds of a step that goes on have the same nodes.
 */
export async function carryOverSteps(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  childIds: readonly string[],
): Promise<void> {
  const sourceStepId = continuedStep(held);
  if (!sourceStepId || childIds.length === 0) return;
  const { rows } = await tx.execute<{ id: string; source_id: string }>(sql`
    with recursive ${sourcesOf(scope, sql`${sourceStepId}::uuid`)}
    select n.id, c.id as source_id
    from executions n
    join lateral ${partBefore(scope, sql`n.item_index`)} c
      on (n.body_node_id is not null or c.workflow_version_id = n.workflow_version_id)
    where n.tenant_id = ${scope.tenantId} and n.parent_step_id = ${held.stepId}::uuid
      and n.id in (${sql.join(
        childIds.map((id) => sql`${id}::uuid`),
        sql`, `,
      )})
      and c.status <> 'completed' and c.input_data::jsonb = n.input_data::jsonb`);
  for (const { id, source_id } of rows) await carryInto(tx, scope, id, source_id);
}

async function carryInto(tx: Tx, scope: TenantScope, childId: string, sourceId: string): Promise<void> {
  const [child] = await tx
    .select({
      workflowVersionId: executions.workflowVersionId,
      agentId: executions.agentId,
      bodyNodeId: executions.bodyNodeId,
    })
    .from(executions)
    .where(and(eq(executions.tenantId, scope.tenantId), inArray(executions.id, [childId])));
  if (!child) return;
  const graph = outermost(await graphOf(tx, scope, { ...child, name: "" }), child.bodyNodeId);
  const [source] = await tx
    .select({ left: executions.continues })
    .from(executions)
    .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.id, sourceId)));
  const steps = await sourceSteps(tx, scope, sourceId);
  const plan = planReuse({ before: graph, after: graph, steps, left: source?.left });
  const reused = plan.reused.map((step) => ({ stepId: step.id, nodeId: step.nodeId }));
  await insertGiven(tx, scope, childId, graph, { ...NOTHING_GIVEN, reused });
  const continues = Object.fromEntries(plan.continued.map((step) => [step.nodeId, step.id]));
  await tx
    .update(executions)
    .set({ mode: "resume", sourceExecutionId: sourceId, continues })
    .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.id, childId)));
}

/** A container's body as a graph of its own. */
function outermost(graph: Graph, parent: string | null): Graph {
  if (parent === null) return graph;
  const nodes = graph.nodes.map(({ parent: own, ...node }) =>
    own === parent ? node : { ...node, parent: own },
  );
  return { ...graph, nodes };
}
