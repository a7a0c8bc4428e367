import "server-only";
import { and, asc, desc, eq } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import type { Graph } from "./graph";
import type { RunStepInput, WorkflowIdInput } from "./input";
import { getWorkflow } from "./queries";

/** The draft as it is now, for somebody whose own is older. @throws AppError `not_found` */
export async function loadDraft(
  scope: TenantScope,
  { workflowId }: WorkflowIdInput,
): Promise<{ graph: Graph; revision: number }> {
  authorize(scope, "workflow.read");
  const { graph, revision } = await getWorkflow(scope, workflowId);
  return { graph, revision };
}

/** Every document a retrieve node can be narrowed to, by name. At most 1,000. */
export async function listDocumentChoices(scope: TenantScope): Promise<{ id: string; filename: string }[]> {
  authorize(scope, "knowledge.read");
  return asTenant(scope, (tx) =>
    tx
      .select({ id: documents.id, filename: documents.filename })
      .from(documents)
      .where(eq(documents.tenantId, scope.tenantId))
      .orderBy(asc(documents.filename), asc(documents.id))
      .limit(1_000),
  );
}

export type RunStepDto = {
  status: string;
  attempt: number;
  input: unknown;
  output: unknown;
  errorMessage: string | null;
};

/** What a node was given and gave back in a run, in its newest iteration; null before it started. */
export async function findRunStep(
  scope: TenantScope,
  { executionId, nodeId }: RunStepInput,
): Promise<RunStepDto | null> {
  authorize(scope, "run.read");
  const [row] = await asTenant(scope, (tx) =>
    tx
      .select({
        status: executionSteps.status,
        attempt: executionSteps.attempt,
        input: executionSteps.input,
        output: executionSteps.output,
        errorMessage: executionSteps.errorMessage,
      })
      .from(executionSteps)
      .where(
        and(
          eq(executionSteps.tenantId, scope.tenantId),
          eq(executionSteps.executionId, executionId),
          eq(executionSteps.nodeId, nodeId),
        ),
      )
      .orderBy(desc(executionSteps.iteration))
      .limit(1),
  );
  return row ?? null;
}
