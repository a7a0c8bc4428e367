import "server-only";
import { and, eq } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { executionIs, runNotFound, stepsOf } from "./store";

/** What a run was given or gave. @throws AppError `not_found` */
export async function getRunValue(
  scope: TenantScope,
  { executionId, part }: { executionId: string; part: "input" | "output" },
): Promise<unknown> {
  authorize(scope, "run.read");
  if (!isId(executionId)) throw runNotFound();
  return asTenant(scope, async (tx) => {
    const column = part === "input" ? executions.inputData : executions.resultData;
    const [row] = await tx.select({ value: column }).from(executions).where(executionIs(scope, executionId));
    if (!row) throw runNotFound();
    return row.value;
  });
}

/** What a step of a run was given or gave. @throws AppError `not_found` */
export async function getStepValue(
  scope: TenantScope,
  { executionId, stepId, part }: { executionId: string; stepId: string; part: "input" | "output" },
): Promise<unknown> {
  authorize(scope, "run.read");
  if (!isId(executionId) || !isId(stepId)) throw runNotFound();
  return asTenant(scope, async (tx) => {
    const column = part === "input" ? executionSteps.input : executionSteps.output;
    const [row] = await tx
      .select({ value: column })
      .from(executionSteps)
      .where(and(stepsOf(scope, executionId), eq(executionSteps.id, stepId)));
    if (!row) throw runNotFound();
    return row.value;
  });
}
