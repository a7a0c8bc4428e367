import "server-only";
import { and, asc, eq, ne, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { checkGraph, runsAnyway } from "./check";
import { workflowsHolding } from "./holding";
import type { CallersToFollowInput, WorkflowIdInput } from "./input";
import { textOf } from "./kind";
import { readGraph, readWorkflow } from "./store";

/**
 * The workflows whose draft or published version calls this one, by name. At most 100.
 * @throws AppError `not_found`
 */
export async function listCallers(
  scope: TenantScope,
  { workflowId }: WorkflowIdInput,
): Promise<{ id: string; name: string }[]> {
  authorize(scope, "workflow.read");
  return asTenant(scope, async (tx) => {
    await readWorkflow(tx, scope, workflowId);
    return workflowsHolding(tx, scope, { kind: "workflow", config: { workflowId } });
  });
}

/** A workflow that has to follow a change of one that it calls, and why, a sentence each. */
export type CallerToFollow = { id: string; name: string; problems: readonly string[] };

/** So many are looked at, by name. */
const MOST_CALLERS = 100;

/**
 * The published workflows that call this one as it is published, and that would not run any more once it takes and gives
 * this.
 * @throws AppError `not_found`
 */
export async function listCallersToFollow(
  scope: TenantScope,
  { workflowId, inputs, outputs }: CallersToFollowInput,
): Promise<CallerToFollow[]> {
  authorize(scope, "workflow.read");
  return asTenant(scope, async (tx) => {
    const { id, name } = await readWorkflow(tx, scope, workflowId);
    const calls = sql`jsonb_path_exists(${workflowVersions.dagStructure},
      '$.nodes[*] ? (@.kind == "workflow" && @.config.workflowId == $id && @.config.versionId == "")',
      jsonb_build_object('id', ${id}::text))`;
    const rows = await tx
      .select({ id: workflows.id, name: workflows.name, graph: workflowVersions.dagStructure })
      .from(workflows)
      .innerJoin(
        workflowVersions,
        and(
          eq(workflowVersions.tenantId, workflows.tenantId),
          eq(workflowVersions.id, workflows.publishedVersionId),
        ),
      )
      .where(
        and(
          eq(workflows.tenantId, scope.tenantId),
          ne(workflows.id, id),
          sql`${workflows.isActive} is not false`,
          calls,
        ),
      )
      .orderBy(asc(workflows.name), asc(workflows.id))
      .limit(MOST_CALLERS);
    const next = { id, name, isActive: true, inputs, outputs };
    return rows
      .map((row) => ({
        id: row.id,
        name: row.name,
        problems: checkGraph(readGraph(row.graph), {
          called: (config) =>
            textOf(config, "workflowId") === id && textOf(config, "versionId") === "" ? next : null,
        })
          .filter((issue) => !runsAnyway(issue))
          .map(({ message }) => message),
      }))
      .filter(({ problems }) => problems.length > 0);
  });
}
