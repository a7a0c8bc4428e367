import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { type Micros, microsFromNumeric } from "@/lib/money";

/**
 * The ended steps inside the items, rounds and called runs of these steps, where they ran: what a resumed run that goes on
 * with them takes over.
 */
export async function stepsInside(
  tx: Tx,
  scope: TenantScope,
  stepIds: readonly string[],
): Promise<readonly string[]> {
  if (stepIds.length === 0) return [];
  const { tenantId } = scope;
  const asked = sql.join(
    stepIds.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const { rows } = await tx.execute<{ id: string }>(sql`
    with recursive parts(id, source_id, status) as (
      select c.id, c.source_execution_id, c.status from executions c
      where c.tenant_id = ${tenantId} and c.parent_step_id in (${asked})
      union
      select c.id, c.source_execution_id, c.status from parts p
      join executions c on c.tenant_id = ${tenantId} and c.id = p.source_id
      where p.status = 'completed'
    )
    select s.id from parts p
    join execution_steps s on s.tenant_id = ${tenantId} and s.execution_id = p.id
    where s.status = 'completed'`);
  return rows.map((row) => row.id);
}

/**
 * What steps cost when they ran, in the tenant's own price, with the runs inside of them; what a step took over is looked
 * up where it ran.
 * @returns by the id that was asked for; nothing for what was free
 */
export async function costsWhenRun(
  tx: Tx,
  scope: TenantScope,
  stepIds: readonly string[],
): Promise<ReadonlyMap<string, Micros>> {
  if (stepIds.length === 0) return new Map();
  const { tenantId } = scope;
  const asked = sql.join(
    stepIds.map((id) => sql`${id}::uuid`),
    sql`, `,
  );
  const { rows } = await tx.execute<{ asked_id: string; cost: string }>(sql`
    with recursive work(asked_id, step_id, execution_id) as (
      select s.id, o.id, o.execution_id
      from execution_steps s
      join execution_steps o on o.tenant_id = ${tenantId} and o.id = coalesce(s.reused_step_id, s.id)
      where s.tenant_id = ${tenantId} and s.id in (${asked})
      union
      select w.asked_id, s.id, s.execution_id
      from work w
      join executions c on c.tenant_id = ${tenantId} and c.parent_step_id = w.step_id
      join execution_steps s on s.tenant_id = ${tenantId} and s.execution_id = c.id
    )
    select w.asked_id, sum(l.tenant_cost)::numeric(18,6)::text as cost
    from work w
    join ledger_entries l on l.tenant_id = ${tenantId} and l.execution_id = w.execution_id and l.step_id = w.step_id
    group by w.asked_id`);
  return new Map(rows.map((row) => [row.asked_id, microsFromNumeric(row.cost)]));
}
