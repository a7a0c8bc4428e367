import "server-only";
import { asTenant } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { writeWorkflowFile } from "./file";
import { getWorkflow } from "./queries";
import { findThings } from "./used-store";
import { type Thing, usesOf } from "./uses";

/**
 * The draft of a workflow as a file, with the names of what it uses; people are nobody's to take elsewhere.
 * @throws AppError `not_found`
 */
export async function workflowFile(
  scope: TenantScope,
  workflowId: string,
): Promise<{ filename: string; text: string }> {
  authorize(scope, "workflow.read");
  const { name, description, graph } = await getWorkflow(scope, workflowId);
  const used = usesOf(graph);
  const uses = await asTenant(scope, async (tx) => {
    const namesOf = async (thing: Thing) => {
      const ids = used.filter((use) => use.thing === thing).map(({ id }) => id);
      const found = await findThings(tx, scope, thing, { ids });
      return Object.fromEntries(found.map((one) => [one.id, one.name]));
    };
    return {
      agents: await namesOf("agents"),
      workflows: await namesOf("workflows"),
      documents: await namesOf("documents"),
      credentials: await namesOf("credentials"),
    };
  });
  return { filename: `${name}.workflow.json`, text: writeWorkflowFile({ name, description, uses, graph }) };
}
