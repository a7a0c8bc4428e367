import { and, desc, eq, ne, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import type { RunStatus } from "./input";
import { executionIs } from "./store";

/** A run around another, with the step of it that the inner one works for. */
export type Ancestor = {
  executionId: string;
  name: string;
  stepId: string;
  stepName: string;
  /** Which item or round of that step the run below is; null for a called workflow. */
  itemIndex: number | null;
};

/** What a run came from and what came of it. */
export type Lineage = {
  mode: string;
  sourceExecutionId: string | null;
  /** A part that has its result from there: nothing of it ran here. */
  isTakenOver: boolean;
  /** The nodes it ran, by their names, where it ran only some. */
  only: string[] | null;
  /** Whether a pinned output stands in for one of its nodes, or of its parts. */
  hasPins: boolean;
  /** The webhook, schedule or form that started it. */
  triggerName: string | null;
  /** The newest runs that resumed or replayed it, oldest first. */
  successors: { id: string; mode: string; status: RunStatus }[];
};

const MAX_SUCCESSORS = 20;

/** The runs around a part of a run, the outermost first; none around a run that was started by itself. */
export async function ancestorsOfRun(tx: Tx, scope: TenantScope, executionId: string): Promise<Ancestor[]> {
  const { tenantId } = scope;
  const { rows } = await tx.execute<Ancestor & { height: number }>(sql`
    with recursive around(height, part_id, step_id, place) as (
      select 1, e.id, e.parent_step_id, case when e.body_node_id is null then null else e.item_index end
      from executions e where e.tenant_id = ${tenantId} and e.id = ${executionId} and e.parent_step_id is not null
      union all
      select around.height + 1, e.id, e.parent_step_id, case when e.body_node_id is null then null else e.item_index end
      from around
      join execution_steps s on s.tenant_id = ${tenantId} and s.id = around.step_id
      join executions e on e.tenant_id = ${tenantId} and e.id = s.execution_id and e.parent_step_id is not null
    )
    select around.height, s.execution_id as "executionId", s.id as "stepId", s.name as "stepName",
      around.place as "itemIndex", coalesce(w.name, 'Removed') as name
    from around
    join execution_steps s on s.tenant_id = ${tenantId} and s.id = around.step_id
    join executions e on e.tenant_id = ${tenantId} and e.id = s.execution_id
    left join workflows w on w.tenant_id = ${tenantId} and w.id = e.workflow_id
    order by around.height desc`);
  return rows.map(({ height: _, ...ancestor }) => ancestor);
}

const isResumeOf = (scope: TenantScope, executionId: string) =>
  and(
    eq(executions.tenantId, scope.tenantId),
    eq(executions.sourceExecutionId, executionId),
    eq(executions.mode, "resume"),
  );

/** The runs that went on with a run before: how many, and the newest of them, oldest first. */
export async function resumesOf(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
): Promise<{ count: number; newest: { id: string; status: RunStatus }[] }> {
  const rows = await tx
    .select({ id: executions.id, status: sql<RunStatus>`${executions.status}` })
    .from(executions)
    .where(isResumeOf(scope, executionId))
    .orderBy(desc(executions.id))
    .limit(MAX_SUCCESSORS);
  return { count: await tx.$count(executions, isResumeOf(scope, executionId)), newest: rows.reverse() };
}

/**
 * Behind the insert of a run that resumes another: of several at once each but the first sees those before it.
 * @throws AppError `conflict`, reason `resumed_meanwhile`, when more go on with the source than were seen
 */
export async function assertResumesSeen(
  tx: Tx,
  scope: TenantScope,
  { id, sourceId, seen }: { readonly id: string; readonly sourceId: string; readonly seen: number },
): Promise<void> {
  await tx
    .select({ id: executions.id })
    .from(executions)
    .where(executionIs(scope, sourceId))
    .for("no key update");
  const others = await tx.$count(executions, and(isResumeOf(scope, sourceId), ne(executions.id, id)));
  if (others <= seen) return;
  throw new AppError(
    "conflict",
    "This run was resumed already. Look at what went on with it before you do it again.",
    {
      reason: "resumed_meanwhile",
    },
  );
}

/** Adds to what a run knows of its origin the runs that go back to it. */
export async function loadLineage(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  { usesPins, ...own }: Omit<Lineage, "successors" | "hasPins"> & { usesPins: boolean },
): Promise<Lineage> {
  const successors = await tx
    .select({
      id: executions.id,
      mode: executions.mode,
      status: sql<RunStatus>`${executions.status}`,
    })
    .from(executions)
    .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.sourceExecutionId, executionId)))
    .orderBy(desc(executions.id))
    .limit(MAX_SUCCESSORS);
  const hasPins = usesPins && (await hasPinnedSteps(tx, scope, executionId));
  return { ...own, hasPins, successors: successors.reverse() };
}

async function hasPinnedSteps(tx: Tx, { tenantId }: TenantScope, executionId: string): Promise<boolean> {
  const [step] = await tx
    .select({ id: executionSteps.id })
    .from(executionSteps)
    .innerJoin(
      executions,
      and(eq(executions.tenantId, executionSteps.tenantId), eq(executions.id, executionSteps.executionId)),
    )
    .where(
      and(
        eq(executionSteps.tenantId, tenantId),
        or(eq(executions.id, executionId), eq(executions.rootExecutionId, executionId)),
        eq(executionSteps.isPinned, true),
      ),
    )
    .limit(1);
  return step !== undefined;
}
