import "server-only";
import { sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { workflows } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { type Graph, type Issue, parseGraph } from "../graph";
import type { SaveDraftInput } from "../input";
import {
  auditableGraph,
  checkInTenant,
  graphRefused,
  lockWorkflow,
  staleRevision,
  workflowIs,
} from "../store";
import { checkStructure } from "../structure";

export type DraftSaved = { id: string; revision: number };

/**
 * Nodes not connected yet, missing ends, and edges from a branch whose key is being typed are what building looks like:
 * only saving on purpose refuses them.
 */
const UNFINISHED: ReadonlySet<string> = new Set([
  "unreachable",
  "no_input",
  "no_output",
  "empty_body",
  "unknown_port",
]);

/** Settings that are wrong, not merely unfinished: saving on purpose refuses them too. */
const BROKEN: ReadonlySet<string> = new Set([
  "bad_expression",
  "bad_template",
  "template_leaves_out",
  "self_including",
  "calls_too_deep",
]);
const BOUNDS: ReadonlySet<string> = new Set(["maxRounds", "maxItems", "maxParallel"]);

function isBroken({ code, field }: Issue): boolean {
  return BROKEN.has(code) || BOUNDS.has(field ?? "");
}

/**
 * Saves the draft. Unfinished configs are kept; a graph that is too large, malformed, cyclic or has edges to nowhere
 * is refused with its nodes named, and on purpose also one with unreachable nodes, without ends, with texts that do not
 * parse, without bounds, or that includes itself.
 * @throws AppError `invalid`, `limit_exceeded`; `conflict`, reason `stale_revision`, with the newer number in
 *   `fields.revision`; `not_found`
 */
export async function saveDraft(scope: TenantScope, input: SaveDraftInput): Promise<DraftSaved> {
  authorize(scope, "workflow.update");
  const graph = storableGraph(input.graph, input);
  return asTenant(scope, async (tx) => {
    const before = await lockWorkflow(tx, scope, input.workflowId);
    if (before.revision !== input.revision) throw staleRevision(before.revision);
    if (!input.isAutosave) {
      const broken = (await checkInTenant(tx, scope, before, graph)).filter(isBroken);
      if (broken.length > 0) throw graphRefused(broken, "saved");
    }
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

/** A graph that may be kept; `isAutosave` lets pass what is not finished. @throws AppError `invalid`, `limit_exceeded` */
export function storableGraph(
  raw: unknown,
  { isAutosave, verb = "saved" }: { isAutosave: boolean; verb?: string },
): Graph {
  const parsed = parseGraph(raw);
  if (!parsed.ok) throw graphRefused(parsed.issues, verb);
  const refused = checkStructure(parsed.graph).filter(
    (issue: Issue) => !isAutosave || !UNFINISHED.has(issue.code),
  );
  if (refused.length > 0) throw graphRefused(refused, verb);
  return parsed.graph;
}
