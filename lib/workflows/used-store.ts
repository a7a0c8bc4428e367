import "server-only";
import { and, type Column, eq, inArray, or, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Tx } from "@/db/access";
import { agents, workflows } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import { credentials } from "@/db/schema/credentials";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { isId } from "@/lib/ids";
import type { Thing } from "./uses";

type Named = { table: PgTable; id: Column; tenantId: Column; name: Column };

const NAMED: Readonly<Record<Thing, Named>> = {
  agents: { table: agents, id: agents.id, tenantId: agents.tenantId, name: agents.name },
  workflows: { table: workflows, id: workflows.id, tenantId: workflows.tenantId, name: workflows.name },
  documents: { table: documents, id: documents.id, tenantId: documents.tenantId, name: documents.filename },
  credentials: {
    table: credentials,
    id: credentials.id,
    tenantId: credentials.tenantId,
    name: credentials.name,
  },
  people: { table: users, id: users.id, tenantId: users.tenantId, name: users.fullName },
};

/** What of a workspace has one of these ids, or one of these names in any case. */
export async function findThings(
  tx: Tx,
  scope: TenantScope,
  thing: Thing,
  asked: { ids: readonly string[]; names?: readonly string[] },
): Promise<{ id: string; name: string }[]> {
  const { table, id, tenantId, name } = NAMED[thing];
  const ids = asked.ids.filter(isId);
  const names = (asked.names ?? []).map((one) => one.toLowerCase());
  if (ids.length === 0 && names.length === 0) return [];
  return tx
    .select({ id: sql<string>`${id}`, name: sql<string>`${name}` })
    .from(table)
    .where(and(eq(tenantId, scope.tenantId), or(inArray(id, ids), inArray(sql`lower(${name})`, names))));
}
