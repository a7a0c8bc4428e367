import "server-only";
import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { agents, workflows, workflowVersions } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import { credentials } from "@/db/schema/credentials";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { isId } from "@/lib/ids";
import type { Names } from "./diff-fields";
import type { Graph } from "./graph";

/** What the ids in the settings of these graphs are called. */
export async function namesInGraphs(tx: Tx, scope: TenantScope, graphs: readonly Graph[]): Promise<Names> {
  const found = new Set<string>();
  for (const graph of graphs) for (const node of graph.nodes) collectIds(node.config, found);
  const ids = [...found];
  if (ids.length === 0) return {};
  const inTenant = (
    table: typeof agents | typeof workflows | typeof documents | typeof users | typeof credentials,
  ) => and(eq(table.tenantId, scope.tenantId), inArray(table.id, ids));
  const lists = [
    await tx.select({ id: agents.id, name: agents.name }).from(agents).where(inTenant(agents)),
    await tx.select({ id: workflows.id, name: workflows.name }).from(workflows).where(inTenant(workflows)),
    await tx
      .select({ id: documents.id, name: documents.filename })
      .from(documents)
      .where(inTenant(documents)),
    await tx.select({ id: users.id, name: users.fullName }).from(users).where(inTenant(users)),
    await tx
      .select({ id: credentials.id, name: credentials.name })
      .from(credentials)
      .where(inTenant(credentials)),
  ];
  const versions = await tx
    .select({ id: workflowVersions.id, version: workflowVersions.version })
    .from(workflowVersions)
    .where(and(eq(workflowVersions.tenantId, scope.tenantId), inArray(workflowVersions.id, ids)));
  return Object.fromEntries([
    ...lists.flat().map(({ id, name }) => [id, name ?? ""]),
    ...versions.map(({ id, version }) => [id, `Version ${version}`]),
  ]);
}

function collectIds(value: unknown, found: Set<string>): void {
  if (isId(value)) found.add(value);
  else if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) collectIds(item, found);
  }
}
