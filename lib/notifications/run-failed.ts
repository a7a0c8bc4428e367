import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { agents, executions, workflows } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { currentTime } from "@/lib/clock";
import { notify } from "./notify";

/** Runs nobody watches. Who starts one in the console sees how it ends. */
const UNWATCHED: readonly string[] = ["api", "webhook", "schedule", "form"];
/** Failures of one workflow within this time are one notification that counts them; endpoints hear of each. */
const BUCKET_MS = 10 * 60_000;

/** Whether a run, or one that it resumes or replays, was started where nobody watches: a system waits for it. */
function isOfSystem({ tenantId }: TenantScope, executionId: string) {
  return sql<boolean>`(
    with recursive line as (
      select trigger, mode, source_execution_id from executions
      where tenant_id = ${tenantId}::uuid and id = ${executionId}::uuid
      union all
      select e.trigger, e.mode, e.source_execution_id from executions e
      join line on e.tenant_id = ${tenantId}::uuid and e.id = line.source_execution_id
      where line.mode in ('resume', 'replay')
    )
    select exists (select from line where ${inArray(sql`trigger`, [...UNWATCHED])}))`;
}

/**
 * Tells that a run failed, but not of parts of a run and tests: endpoints of each run that a system waits for, once;
 * the admins and who started it of those nobody watches, all of a workflow within ten minutes as one.
 * @returns whether anything was told
 */
export async function tellRunFailed(tx: Tx, scope: TenantScope, executionId: string): Promise<boolean> {
  const [run] = await tx
    .select({
      trigger: executions.trigger,
      rootExecutionId: executions.rootExecutionId,
      usesPins: executions.usesPins,
      workflowId: executions.workflowId,
      agentId: executions.agentId,
      startedBy: executions.startedBy,
      errorCode: executions.errorCode,
      errorMessage: executions.errorMessage,
      isOfSystem: isOfSystem(scope, executionId),
      name: sql<string>`coalesce(${workflows.name}, ${agents.name}, '')`,
    })
    .from(executions)
    .leftJoin(
      workflows,
      and(eq(workflows.tenantId, executions.tenantId), eq(workflows.id, executions.workflowId)),
    )
    .leftJoin(agents, and(eq(agents.tenantId, executions.tenantId), eq(agents.id, executions.agentId)))
    .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.id, executionId)));
  if (!run || run.rootExecutionId || run.usesPins || !run.isOfSystem) return false;
  const { workflowId, agentId, startedBy } = run;
  const isWatched = !UNWATCHED.includes(run.trigger);
  const bucket = Math.floor(currentTime().getTime() / BUCKET_MS);
  await notify(tx, scope, {
    kind: "run_failed",
    title: `“${run.name}” failed`,
    body: run.errorMessage ?? "The run ended with an error.",
    href: `/app/runs/${executionId}`,
    dedupeKey: `run_failed:${workflowId ?? agentId}:${bucket}`,
    eventKey: `run_failed:${executionId}`,
    isCounted: true,
    to: isWatched ? {} : { admins: true, userIds: startedBy ? [startedBy] : [] },
    ids: {
      executionId,
      ...(workflowId ? { workflowId } : {}),
      ...(agentId ? { agentId } : {}),
      errorCode: run.errorCode ?? "internal",
    },
  });
  return true;
}
