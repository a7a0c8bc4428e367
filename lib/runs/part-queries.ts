import "server-only";
import { and, asc, eq, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { agents, executionSteps, executions, workflows } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { mapPage, type Page, toPage } from "@/lib/paging";
import { partCosts } from "./cost";
import { agentOf, type RunSummary, SUMMARY_COLUMNS, starterOf, workflowOf } from "./run-columns";
import { runNotFound, stepsOf } from "./store";

/** A run that works for a step of another, with its place: which item or round it is; null for a called workflow. */
export type PartOfStep = RunSummary & { readonly itemIndex: number | null };

type PartsOf = {
  readonly executionId: string;
  readonly nodeId: string;
  readonly iteration: number;
  readonly cursor?: string | undefined;
  readonly limit: number;
};

/** The parts of a run that work for one of its steps, by their place, a page at a time. @throws AppError `not_found` */
export async function listPartsOfStep(
  scope: TenantScope,
  { executionId, nodeId, iteration, cursor, limit }: PartsOf,
): Promise<Page<PartOfStep>> {
  authorize(scope, "run.read");
  if (!isId(executionId)) throw runNotFound();
  return asTenant(scope, async (tx) => {
    const [step] = await tx
      .select({ id: executionSteps.id })
      .from(executionSteps)
      .where(
        and(
          stepsOf(scope, executionId),
          eq(executionSteps.nodeId, nodeId),
          eq(executionSteps.iteration, iteration),
        ),
      );
    if (!step) throw new AppError("not_found", "This run has no such step.");
    const isPart = and(eq(executions.tenantId, scope.tenantId), eq(executions.parentStepId, step.id));
    const rows = await tx
      .select({ ...SUMMARY_COLUMNS, itemIndex: executions.itemIndex, bodyNodeId: executions.bodyNodeId })
      .from(executions)
      .leftJoin(workflows, workflowOf)
      .leftJoin(agents, agentOf)
      .leftJoin(users, starterOf)
      .where(
        and(
          isPart,
          cursor
            ? sql`${executions.itemIndex} > (select c.item_index from executions c where c.tenant_id = ${scope.tenantId} and c.id = ${cursor})`
            : undefined,
        ),
      )
      .orderBy(asc(executions.itemIndex))
      .limit(limit + 1);
    const page = toPage(rows, limit);
    const costs = await partCosts(
      tx,
      scope,
      page.items.map(({ id }) => id),
    );
    return mapPage(page, ({ bodyNodeId, itemIndex, ...row }) => ({
      ...row,
      itemIndex: bodyNodeId === null ? null : itemIndex,
      costMicros: (costs.get(row.id) ?? 0n).toString(),
    }));
  });
}
