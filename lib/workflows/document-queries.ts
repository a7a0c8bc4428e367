import "server-only";
import { asTenant } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { workflowsHolding } from "./holding";

/**
 * The workflows whose draft or published version searches exactly this document, by name: those that search all documents
 * are not among them. At most 100.
 */
export async function listWorkflowsNaming(
  scope: TenantScope,
  documentId: string,
): Promise<{ id: string; name: string }[]> {
  authorize(scope, "workflow.read");
  return asTenant(scope, (tx) =>
    workflowsHolding(tx, scope, { kind: "retrieve", config: { documentIds: [documentId] } }),
  );
}
