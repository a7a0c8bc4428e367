import "server-only";
import { and, desc, eq, or } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { requireRun } from "@/lib/runs/store";
import type { RunQuestionsInput } from "./input";
import { executionOf, isAskedNow } from "./store";
import { MOST_QUESTIONS } from "./way";

export type RunQuestion = {
  readonly id: string;
  readonly title: string;
  /** Whether the caller may answer it. */
  readonly isMine: boolean;
};

/**
 * The questions that a run, or what runs inside of it, waits for: first those that the caller may answer, newest first.
 * @throws AppError `not_found`
 */
export async function openQuestions(
  scope: TenantScope,
  { executionId }: RunQuestionsInput,
): Promise<RunQuestion[]> {
  authorize(scope, "approval.read");
  const isMine = isAskedNow(scope);
  return asTenant(scope, async (tx) => {
    await requireRun(tx, scope, executionId);
    return tx
      .select({ id: approvals.id, title: approvals.title, isMine })
      .from(approvals)
      .innerJoin(executions, executionOf)
      .where(
        and(
          eq(approvals.tenantId, scope.tenantId),
          eq(approvals.status, "pending"),
          or(eq(executions.id, executionId), eq(executions.rootExecutionId, executionId)),
        ),
      )
      .orderBy(desc(isMine), desc(approvals.id))
      .limit(MOST_QUESTIONS);
  });
}
