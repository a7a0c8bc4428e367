import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";

/** What a run asks people: how many questions are open, and what the newest is called. */
export type Asking = { readonly count: number; readonly title: string };

/** The open questions of whole runs, with those of what runs inside of them. A run without one is left out. */
export async function askingRuns(
  tx: Tx,
  { tenantId }: TenantScope,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Asking>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.execute<{ root_id: string; count: number; title: string }>(sql`
    select coalesce(e.root_execution_id, e.id) as root_id, count(*)::int as count,
      (array_agg(a.title order by a.id desc))[1] as title
    from approvals a join executions e on e.tenant_id = a.tenant_id and e.id = a.execution_id
    where a.tenant_id = ${tenantId} and a.status = 'pending' and (e.id in ${ids} or e.root_execution_id in ${ids})
    group by 1`);
  return new Map(rows.map(({ root_id, count, title }) => [root_id, { count, title }]));
}
