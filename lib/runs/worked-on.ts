import { and, eq, inArray, isNotNull, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";

/** The steps of a run, and of its parts. */
export function inTree({ tenantId }: TenantScope, executionId: string) {
  const parts = sql`(select ${executions.id} from ${executions} where ${executions.tenantId} = ${tenantId}
    and ${executions.rootExecutionId} = ${executionId})`;
  return and(
    eq(executionSteps.tenantId, tenantId),
    or(eq(executionSteps.executionId, executionId), inArray(executionSteps.executionId, parts)),
  );
}

/** Whether somebody works on a step of a run, or of its parts. */
export async function isWorkedOn(tx: Tx, scope: TenantScope, executionId: string): Promise<boolean> {
  const [step] = await tx
    .select({ id: executionSteps.id })
    .from(executionSteps)
    .where(
      and(
        inTree(scope, executionId),
        eq(executionSteps.status, "running"),
        isNotNull(executionSteps.workerId),
      ),
    )
    .limit(1);
  return step !== undefined;
}
