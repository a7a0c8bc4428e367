import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { sourcesOf } from "./carry-over";
import { NESTING_KINDS } from "./cost";

/** Steps of an ended run of which a new one takes over something. */
type TakenOver = {
  /** Those that are taken over as they are. */
  readonly whole: readonly string[];
  /** Those whose items, rounds or called run go on where they were. */
  readonly continued: readonly string[];
};

/**
 * What was spent on what is taken over, when it ran, in the tenant's own price: of a step with the runs inside of it, of
 * one that is continued the parts that completed, and of the others the steps that did. What was taken over before is
 * looked up where it ran, and counts once.
 * @returns by the id of each step; nothing for what was free
 */
export async function savedBy(
  tx: Tx,
  scope: TenantScope,
  { whole, continued }: TakenOver,
): Promise<ReadonlyMap<string, Micros>> {
  const asked = [...whole.map((id) => [id, "whole"]), ...continued.map((id) => [id, "continued"])];
  if (asked.length === 0) return new Map();
  const { tenantId } = scope;
  const rows = sql.join(
    asked.map(([id, how]) => sql`(${id}::uuid, ${how}::text)`),
    sql`, `,
  );
  const kinds = sql.join(
    [...NESTING_KINDS].map((kind) => sql`${kind}`),
    sql`, `,
  );
  const found = await tx.execute<{ asked_id: string; cost: string }>(sql`
    with recursive work(asked_id, how, id) as (
      select s.id, a.how, coalesce(s.reused_step_id, s.id)
      from (values ${rows}) a(id, how)
      join execution_steps s on s.tenant_id = ${tenantId} and s.id = a.id
      union
      select w.asked_id, n.how, n.id from work w cross join lateral (
        select 'part', c.id from executions c
        where w.how = 'whole' and c.tenant_id = ${tenantId} and c.parent_step_id = w.id
        union all
        (with recursive ${sourcesOf(scope, sql`w.id`)}
        select distinct on (c.item_index) case when c.status = 'completed' then 'part' else 'begun' end, c.id
        from sources x join executions c on c.tenant_id = ${tenantId} and c.parent_step_id = x.step_id
        where w.how = 'continued'
        order by c.item_index, x.place)
        union all
        -- What it was to go on with itself, and did not come to.
        select 'continued', l.value::uuid from executions c, jsonb_each_text(c.continues) l
        where w.how = 'begun' and c.tenant_id = ${tenantId} and c.id = w.id and not exists (
          select from execution_steps s where s.tenant_id = ${tenantId} and s.execution_id = c.id and s.node_id = l.key)
        union all
        select case when w.how = 'part' or s.status = 'completed' then 'whole' else 'continued' end,
          coalesce(s.reused_step_id, s.id)
        from execution_steps s
        where w.how in ('part', 'begun') and s.tenant_id = ${tenantId} and s.execution_id = w.id
          and (w.how = 'part' or s.status = 'completed' or s.kind in (${kinds}))
        union all
        -- A part that was taken over as a whole has no steps of its own.
        select 'part', c.source_execution_id from executions c
        where w.how = 'part' and c.tenant_id = ${tenantId} and c.id = w.id and c.source_execution_id is not null
          and not exists (select from execution_steps s where s.tenant_id = ${tenantId} and s.execution_id = c.id)
      ) n(how, id)
    )
    select w.asked_id, sum(l.tenant_cost)::numeric(18,6)::text as cost
    from work w
    join execution_steps s on w.how = 'whole' and s.tenant_id = ${tenantId} and s.id = w.id
    join ledger_entries l on l.tenant_id = ${tenantId} and l.execution_id = s.execution_id and l.step_id = s.id
    group by w.asked_id`);
  return new Map(found.rows.map((row) => [row.asked_id, microsFromNumeric(row.cost)]));
}
