import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";

/** Work that failed and is tried again: how much of it there is, and what went wrong last. */
export type Retrying = { readonly count: number; readonly message: string };

/** A step that waits for its next attempt, or has begun it and not got further. */
const isRetrying = sql`s.status = 'running' and s.error_message is not null`;
const isUnderWay = sql`in ('running', 'waiting')`;

/**
 * The items, rounds and called runs in which something is tried again, by the step that they work for. Looks at what is
 * under way alone, and of that also at what runs inside of it.
 */
export async function retryingParts(
  tx: Tx,
  { tenantId }: TenantScope,
  stepIds: readonly string[],
): Promise<ReadonlyMap<string, Retrying & { readonly parts: ReadonlyMap<string, string> }>> {
  if (stepIds.length === 0) return new Map();
  const { rows } = await tx.execute<{ step_id: string; part_id: string; message: string }>(sql`
    with recursive below(step_id, part_id, id) as (
      select e.parent_step_id, e.id, e.id from executions e
      where e.tenant_id = ${tenantId} and e.parent_step_id in ${stepIds} and e.status ${isUnderWay}
      union all
      select b.step_id, b.part_id, e.id from below b
      join execution_steps s on s.tenant_id = ${tenantId} and s.execution_id = b.id and s.status = 'waiting'
      join executions e on e.tenant_id = ${tenantId} and e.parent_step_id = s.id and e.status ${isUnderWay}
    )
    select b.step_id, b.part_id, s.error_message as message
    from below b join execution_steps s on s.tenant_id = ${tenantId} and s.execution_id = b.id
    where ${isRetrying}
    order by s.revision`);
  const found = new Map<string, Retrying & { parts: Map<string, string> }>();
  for (const { step_id, part_id, message } of rows) {
    const parts = found.get(step_id)?.parts ?? new Map<string, string>();
    parts.set(part_id, message);
    found.set(step_id, { count: parts.size, message, parts });
  }
  return found;
}

/** The same of whole runs: how many steps of each, or of what runs inside of it, are tried again. */
export async function retryingRuns(
  tx: Tx,
  { tenantId }: TenantScope,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Retrying>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.execute<{ root_id: string; count: number; message: string }>(sql`
    with tree(id, root_id) as (
      select e.id, e.id from executions e where e.tenant_id = ${tenantId} and e.id in ${ids}
      union all
      select e.id, e.root_execution_id from executions e
      where e.tenant_id = ${tenantId} and e.root_execution_id in ${ids} and e.status ${isUnderWay}
    )
    select t.root_id, count(*)::int as count, (array_agg(s.error_message order by s.revision desc))[1] as message
    from tree t join execution_steps s on s.tenant_id = ${tenantId} and s.execution_id = t.id
    where ${isRetrying}
    group by t.root_id`);
  return new Map(rows.map(({ root_id, count, message }) => [root_id, { count, message }]));
}
