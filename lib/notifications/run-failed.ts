import "server-only";
import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { agents, executions, workflows } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { currentTime } from "@/lib/clock";
import { notify } from "./notify";

/** Runs nobody watches. Who starts one in the console sees how it ends. */
const UNWATCHED: ReadonlySet<string> = new Set(["api", "webhook", "schedule", "form"]);
/** Failures of one workflow within this time are one notification that counts them. */
const BUCKET_MS = 10 * 60_000;

/**
 * Tells the admins, and who started it, that a run failed; nothing for parts of a run, tests and watched runs.
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
      name: sql<string>`coalesce(${workflows.name}, ${agents.name}, '')`,
    })
    .from(executions)
    .leftJoin(
      workflows,
      and(eq(workflows.tenantId, executions.tenantId), eq(workflows.id, executions.workflowId)),
    )
    .leftJoin(agents, and(eq(agents.tenantId, executions.tenantId), eq(agents.id, executions.agentId)))
    .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.id, executionId)));
  if (!run || run.rootExecutionId || run.usesPins || !UNWATCHED.has(run.trigger)) return false;
  const { workflowId, agentId } = run;
  const bucket = Math.floor(currentTime().getTime() / BUCKET_MS);
  await notify(tx, scope, {
    kind: "run_failed",
    title: `“${run.name}” failed`,
    body: run.errorMessage ?? "The run ended with an error.",
    href: `/app/runs/${executionId}`,
    dedupeKey: `run_failed:${workflowId ?? agentId}:${bucket}`,
    isCounted: true,
    to: { admins: true, userIds: run.startedBy ? [run.startedBy] : [] },
    ids: {
      executionId,
      ...(workflowId ? { workflowId } : {}),
      ...(agentId ? { agentId } : {}),
      errorCode: run.errorCode ?? "internal",
    },
  });
  return true;
}
