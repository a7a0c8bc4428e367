import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { agents, workflows } from "@/db/schema/ai";
import { aiModels } from "@/db/schema/config";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { loadCalled, type PinnedVersions } from "./called-store";
import { checkGraph } from "./check";
import { type Graph, type Issue, parseGraph } from "./graph";
import { findKind } from "./nodes";
import type { CheckContext } from "./references";
import { type Slot, slotsOf } from "./slots";
import { findThings } from "./used-store";
import type { Thing } from "./uses";

export function workflowIs(scope: TenantScope, workflowId: string) {
  return and(eq(workflows.tenantId, scope.tenantId), eq(workflows.id, workflowId));
}

export function workflowNotFound(): AppError {
  return new AppError("not_found", "This workflow does not exist.");
}

/** The person on whose behalf a scope acts, for `created_by`; null for jobs. */
export function actingUserId({ actor }: TenantScope): string | null {
  return actor.kind === "user" || actor.kind === "api_key" ? actor.userId : null;
}

/** A stored graph. It was checked when it was written, so anything else is a defect. */
export function readGraph(stored: unknown): Graph {
  const parsed = parseGraph(stored);
  if (parsed.ok) return parsed.graph;
  throw new AppError("internal", "The workflow cannot be read.", { cause: parsed.issues });
}

/**
 * Every problem of a workflow's graph, including references to things this tenant does not have.
 * @param pinned the versions of called workflows that a run keeps to
 */
export async function checkInTenant(
  tx: Tx,
  scope: TenantScope,
  workflow: { readonly id: string; readonly name: string },
  graph: Graph,
  pinned?: PinnedVersions,
): Promise<readonly Issue[]> {
  const things = await referencedThings(tx, scope, graph);
  return checkGraph(graph, { ...things, called: await loadCalled(tx, scope, workflow, graph, pinned) });
}

const OWN_SLOTS: ReadonlySet<Slot["type"]> = new Set(["template", "expression"]);

/**
 * The models that a graph names, each once, where it names nothing else outside of it: then nothing but them decides
 * whether it may run. Null where it does.
 */
export function refersToModels(graph: Graph): readonly string[] | null {
  const kinds = graph.nodes.map((node) => ({ kind: findKind(node.kind), config: node.config }));
  const slots = kinds.flatMap(({ kind, config }) => (kind ? slotsOf(kind, config) : []));
  const isAlone = slots.every(({ type }) => OWN_SLOTS.has(type) || type === "model");
  return isAlone && kinds.every(({ kind }) => kind) ? [...new Set(namesIn(slots, "model"))] : null;
}

async function referencedThings(tx: Tx, scope: TenantScope, graph: Graph): Promise<CheckContext> {
  const slots = graph.nodes.flatMap((node) => {
    const kind = findKind(node.kind);
    return kind ? slotsOf(kind, node.config) : [];
  });
  const idsOf = async (thing: Thing, type: Slot["type"]) =>
    new Set((await findThings(tx, scope, thing, { ids: namesIn(slots, type) })).map(({ id }) => id));
  const agentIds = namesIn(slots, "agent").filter(isId);
  const modelKeys = namesIn(slots, "model");
  const foundAgents =
    agentIds.length === 0
      ? []
      : await tx
          .select({ id: agents.id, name: agents.name, isActive: agents.isActive })
          .from(agents)
          .where(and(eq(agents.tenantId, scope.tenantId), inArray(agents.id, agentIds)));
  const foundModels =
    modelKeys.length === 0
      ? []
      : await tx
          .select({ key: aiModels.modelKey })
          .from(aiModels)
          .where(
            and(
              eq(aiModels.isActive, true),
              eq(aiModels.modelType, "text"),
              inArray(aiModels.modelKey, modelKeys),
            ),
          );
  return {
    agents: new Map(foundAgents.map(({ id, name, isActive }) => [id, { name, isActive: isActive ?? true }])),
    documentIds: await idsOf("documents", "documents"),
    modelKeys: new Set(foundModels.map(({ key }) => key)),
    userIds: await idsOf("people", "people"),
    credentialIds: await idsOf("credentials", "credential"),
  };
}

function namesIn(slots: readonly Slot[], type: Slot["type"]): string[] {
  const values = slots.filter((slot) => slot.type === type).flatMap((slot) => slot.value);
  return [...new Set(values.filter((value) => typeof value === "string"))];
}

/** A refusal that names every node it is about, as far as fits a message. */
export function graphRefused(issues: readonly Issue[], verb: string): AppError {
  const isTooLarge = issues.some((issue) => issue.code === "too_large");
  const fields: Record<string, string[]> = {};
  for (const issue of issues.slice(0, 100)) {
    const at = issue.nodeId ? `nodes.${issue.nodeId}` : issue.edgeId ? `edges.${issue.edgeId}` : "graph";
    const field = issue.nodeId && issue.field ? `${at}.${issue.field}` : at;
    fields[field] = [...(fields[field] ?? []), issue.message];
  }
  const messages = [...new Set(issues.map((issue) => issue.message))];
  const more = messages.length > 5 ? ` And ${messages.length - 5} more.` : "";
  const message = isTooLarge
    ? (messages[0] ?? "")
    : `The workflow cannot be ${verb}. ${messages.slice(0, 5).join(" ")}${more}`;
  return new AppError(isTooLarge ? "limit_exceeded" : "invalid", message, {
    reason: issues[0]?.code ?? "graph",
    fields,
  });
}

export const sameAsPublished = sql<boolean>`(${workflows.dagStructure}::jsonb = (select v.dag_structure from workflow_versions v where v.tenant_id = ${workflows.tenantId} and v.id = ${workflows.publishedVersionId}))`;

export type LockedWorkflow = {
  id: string;
  name: string;
  description: string | null;
  isActive: boolean | null;
  dagStructure: unknown;
  revision: number;
  publishedVersionId: string | null;
};

const HELD_COLUMNS = {
  id: workflows.id,
  name: workflows.name,
  description: workflows.description,
  isActive: workflows.isActive,
  dagStructure: workflows.dagStructure,
  revision: workflows.revision,
  publishedVersionId: workflows.publishedVersionId,
} as const;

/** A workflow held for the rest of the transaction. @throws AppError `not_found` */
export async function lockWorkflow(tx: Tx, scope: TenantScope, workflowId: string): Promise<LockedWorkflow> {
  const [row] = await tx
    .select(HELD_COLUMNS)
    .from(workflows)
    .where(workflowIs(scope, workflowId))
    .limit(1)
    .for("update");
  if (!row) throw workflowNotFound();
  return row;
}

/** A workflow as it is, which others may change meanwhile; without its draft. @throws AppError `not_found` */
export async function readWorkflow(tx: Tx, scope: TenantScope, workflowId: string): Promise<LockedWorkflow> {
  const { dagStructure: _, ...columns } = HELD_COLUMNS;
  const [row] = await tx.select(columns).from(workflows).where(workflowIs(scope, workflowId)).limit(1);
  if (!row) throw workflowNotFound();
  return { ...row, dagStructure: null };
}

/** The conflict a stale save gets; `fields.revision` carries the number of the newer one. */
export function staleRevision(current: number): AppError {
  const message =
    "Somebody saved this workflow while you were editing. Your changes are kept here: load theirs or save yours over them.";
  return new AppError("conflict", message, {
    reason: "stale_revision",
    fields: { revision: [String(current)] },
  });
}

/** What of a graph belongs in the audit log: prompts may hold anything, so only its size. */
export function auditableGraph(graph: Graph): Record<string, unknown> {
  return { nodes: graph.nodes.length, edges: graph.edges.length };
}
