import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import type { MoneyWait } from "./money-wait";

/** What a run waits for that nobody has to answer: money, or else a time. */
export type Waiting = { readonly money: MoneyWait["reason"] } | { readonly until: Date };

/**
 * Of runs that wait, for what they or what runs inside of them do. One of which something is worked on is left out, and one
 * that only asks people.
 */
export async function waitingRuns(
  tx: Tx,
  { tenantId }: TenantScope,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Waiting>> {
  if (ids.length === 0) return new Map();
  type Row = { root_id: string; money: MoneyWait["reason"] | null; until_ms: number };
  const { rows } = await tx.execute<Row>(sql`
    with tree(id, root_id) as (
      select e.id, e.id from executions e where e.tenant_id = ${tenantId} and e.id in ${ids}
      union all
      select e.id, e.root_execution_id from executions e
      where e.tenant_id = ${tenantId} and e.root_execution_id in ${ids} and e.status in ('running', 'waiting')
    )
    select t.root_id, min(s.wait_reason) as money,
      (extract(epoch from min(s.wake_at) filter (where s.kind = 'wait')) * 1000)::float8 as until_ms
    from tree t join execution_steps s on s.tenant_id = ${tenantId} and s.execution_id = t.id
    where s.status in ('running', 'waiting')
    group by t.root_id
    having not bool_or(s.status = 'running' and s.worker_id is not null)
      and bool_or(s.status = 'waiting' and (s.wait_reason is not null or s.kind = 'wait' and s.wake_at is not null))`);
  return new Map(
    rows.map(({ root_id, money, until_ms }) => [root_id, money ? { money } : { until: new Date(until_ms) }]),
  );
}
