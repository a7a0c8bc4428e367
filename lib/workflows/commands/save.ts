import "server-only";
import { sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { workflows } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { type Graph, type Issue, parseGraph } from "../graph";
import type { SaveDraftInput } from "../input";
import { auditableGraph, graphRefused, lockWorkflow, staleRevision, workflowIs } from "../store";
import { checkStructure } from "../structure";

export type DraftSaved = { id: string; revision: number };

/**
 * Nodes not connected yet, missing ends, and edges from a branch whose key is being typed are what building looks like:
 * only saving on purpose refuses them.
 */
const UNFINISHED: ReadonlySet<string> = new Set(["unreachable", "no_input", "no_output", "unknown_port"]);

/**
 * Saves the draft. Unfinished configs are kept; a graph that is too large, malformed, cyclic or has edges to nowhere
 * is refused with its nodes named, and on purpose also one with unreachable nodes or without ends.
 * @throws AppError `invalid`, `limit_exceeded`; `conflict`, reason `stale_revision`, with the newer number in
 *   `fields.revision`; `not_found`
 */
export async function saveDraft(scope: TenantScope, input: SaveDraftInput): Promise<DraftSaved> {
  authorize(scope, "workflow.update");
  const graph = storableGraph(input.graph, input.isAutosave);
  return asTenant(scope, async (tx) => {
    const before = await lockWorkflow(tx, scope, input.workflowId);
    if (before.revision !== input.revision) throw staleRevision(before.revision);
    const revision = before.revision + 1;
    await tx
      .update(workflows)
      .set({ dagStructure: graph, revision, updatedAt: sql`now()` })
      .where(workflowIs(scope, input.workflowId));
    await audit(tx, scope, {
      action: "workflow.save",
      targetType: "workflow",
      targetId: input.workflowId,
      after: { revision, isAutosave: input.isAutosave, ...auditableGraph(graph) },
    });
    return { id: input.workflowId, revision };
  });
}

function storableGraph(raw: unknown, isAutosave: boolean): Graph {
  const parsed = parseGraph(raw);
  if (!parsed.ok) throw graphRefused(parsed.issues, "saved");
  const refused = checkStructure(parsed.graph).filter(
    (issue: Issue) => !isAutosave || !UNFINISHED.has(issue.code),
  );
  if (refused.length > 0) throw graphRefused(refused, "saved");
  return parsed.graph;
}
