import "server-only";
import { desc, eq, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents, workflows } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { cut } from "@/lib/cut";
import { newId } from "@/lib/ids";
import { activeModels } from "@/lib/models/queries";
import { nameGuarded } from "@/lib/unique-name";
import type { Graph } from "../graph";
import type { CreateWorkflowInput, WorkflowIdInput } from "../input";
import { actingUserId, auditableGraph, lockWorkflow, readGraph } from "../store";
import { templateGraph } from "../templates";
import { storableGraph } from "./save";

export type WorkflowCreated = { id: string; revision: number };

/**
 * Adds a workflow as a draft: blank, from a starter template, or with a given graph.
 * @throws AppError `invalid` or `limit_exceeded` for a graph that no save would take; `conflict` on a taken name
 */
export async function createWorkflow(
  scope: TenantScope,
  input: CreateWorkflowInput,
): Promise<WorkflowCreated> {
  authorize(scope, "workflow.create");
  const given =
    input.graph === undefined ? null : storableGraph(input.graph, { isAutosave: true, verb: "created" });
  return nameGuarded("workflows_tenant_name_unique", "workflow", () =>
    asTenant(scope, async (tx) => {
      const graph = given ?? (await starterGraph(tx, scope, input.template));
      return addDraft(tx, scope, { name: input.name, description: input.description, graph });
    }),
  );
}

/** Adds a copy of the draft under a free name; versions and runs stay with the original. @throws AppError `not_found` */
export async function duplicateWorkflow(
  scope: TenantScope,
  { workflowId }: WorkflowIdInput,
): Promise<WorkflowCreated> {
  authorize(scope, "workflow.create");
  return nameGuarded("workflows_tenant_name_unique", "workflow", () =>
    asTenant(scope, async (tx) => {
      const source = await lockWorkflow(tx, scope, workflowId);
      const name = await freeName(tx, scope, source.name);
      const graph = readGraph(source.dagStructure);
      const draft = { name, description: source.description ?? "", graph };
      return addDraft(tx, scope, draft, { copyOf: workflowId });
    }),
  );
}

async function starterGraph(
  tx: Tx,
  scope: TenantScope,
  template: CreateWorkflowInput["template"],
): Promise<Graph> {
  return templateGraph(template, await usualModelKey(tx, scope));
}

/** The model of the newest agent, else the one that needs no key, else the first: a template should run as it is. */
async function usualModelKey(tx: Tx, scope: TenantScope): Promise<string> {
  const models = await activeModels(tx, "text");
  const [agent] = await tx
    .select({ modelKey: sql<string | null>`${agents.llmConfig}->>'modelKey'` })
    .from(agents)
    .where(eq(agents.tenantId, scope.tenantId))
    .orderBy(desc(agents.id))
    .limit(1);
  const usual = models.find((model) => model.modelKey === agent?.modelKey);
  const keyless = models.find((model) => model.provider === "internal");
  return (usual ?? keyless ?? models[0])?.modelKey ?? "";
}

type NewWorkflow = { name: string; description: string; graph: Graph };

/** Adds a workflow that was never published. @param origin where its graph is from, for the audit log */
export async function addDraft(
  tx: Tx,
  scope: TenantScope,
  { name, description, graph }: NewWorkflow,
  origin: { copyOf?: string; fromFile?: true } = {},
): Promise<WorkflowCreated> {
  const id = newId();
  await tx.insert(workflows).values({
    id,
    tenantId: scope.tenantId,
    name,
    description,
    dagStructure: graph,
    createdBy: actingUserId(scope),
  });
  const after = { name, ...origin, ...auditableGraph(graph) };
  const action = origin.copyOf ? "workflow.duplicate" : "workflow.create";
  await audit(tx, scope, { action, targetType: "workflow", targetId: id, after });
  return { id, revision: 1 };
}

async function freeName(tx: Tx, scope: TenantScope, name: string): Promise<string> {
  const rows = await tx
    .select({ name: sql<string>`lower(${workflows.name})` })
    .from(workflows)
    .where(eq(workflows.tenantId, scope.tenantId));
  const taken = new Set(rows.map((row) => row.name));
  const stem = cut(name.replace(/ \(copy(?: \d+)?\)$/, ""), 105);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? `${stem} (copy)` : `${stem} (copy ${number})`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}
