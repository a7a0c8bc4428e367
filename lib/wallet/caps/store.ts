import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { capWindows, spendCaps } from "@/db/schema/caps";
import { creditHolds } from "@/db/schema/wallets";
import type { TenantScope } from "@/db/scope";
import { databaseTime } from "@/lib/clock";
import { type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import { lockWallet } from "../lock";
import type { SwitchingCap } from "./rules";

/** The window of now of a cap by day or month, in UTC; null for one of runs. As `app.cap_places` has it. */
export const windowOfNow = () => sql<string>`case ${spendCaps.period}
  when 'day' then to_char(${databaseTime()} at time zone 'UTC', 'YYYY-MM-DD')
  when 'month' then to_char(${databaseTime()} at time zone 'UTC', 'YYYY-MM') end`;

/** The caps of an agent that let it go on with a cheaper model, as they stand now. */
export async function switchingCaps(tx: Tx, scope: TenantScope, agentId: string): Promise<SwitchingCap[]> {
  const rows = await tx
    .select({
      bound: sql<string>`(${spendCaps.amount} + coalesce(${capWindows.extra}, 0))::numeric(18,6)`,
      used: sql<string>`coalesce(${capWindows.spent} + ${capWindows.held}, 0)::numeric(18,6)`,
      switchAtPercent: spendCaps.switchAtPercent,
      fallbackModelKey: sql<string>`${spendCaps.fallbackModelKey}`,
    })
    .from(spendCaps)
    .leftJoin(
      capWindows,
      and(
        eq(capWindows.tenantId, spendCaps.tenantId),
        eq(capWindows.capId, spendCaps.id),
        eq(capWindows.windowKey, windowOfNow()),
      ),
    )
    .where(
      and(
        eq(spendCaps.tenantId, scope.tenantId),
        eq(spendCaps.agentId, agentId),
        eq(spendCaps.onReach, "switch"),
        eq(spendCaps.isActive, true),
      ),
    );
  return rows.map((row) => ({
    ...row,
    bound: microsFromNumeric(row.bound),
    used: microsFromNumeric(row.used),
  }));
}

/**
 * Lets the steps that wait for a cap be asked again as long as anything is left under it: what they need is what their own
 * model would, and a cheaper one may need less.
 */
export async function forgetNeeded(tx: Tx, { tenantId }: TenantScope, capId: string): Promise<void> {
  await tx.execute(sql`
    update execution_steps s set needed = 0 from ${spendCaps}
    left join ${capWindows} w on w.tenant_id = ${spendCaps.tenantId} and w.cap_id = ${spendCaps.id}
      and w.window_key = ${windowOfNow()}
    where ${spendCaps.tenantId} = ${tenantId}::uuid and ${spendCaps.id} = ${capId}::uuid
      and ${spendCaps.amount} + coalesce(w.extra - w.spent - w.held, 0) > 0
      and s.tenant_id = ${tenantId}::uuid and s.cap_id = ${capId}::uuid
      and s.status = 'waiting' and s.wait_reason is not null`);
}

/** What earlier attempts of a step hold in a window of a cap: it is not given back while the step waits for that. */
export const heldByStep = (of: { tenantId: SQL; key: SQL; capId: SQL; windowKey: SQL }) =>
  sql`coalesce((select h.amount from ${creditHolds} h
    where h.tenant_id = ${of.tenantId} and h.key = ${of.key} and h.status = 'open'
      and h.windows @> jsonb_build_array(jsonb_build_object('cap', ${of.capId}, 'key', ${of.windowKey}))), 0)`;

const WORKED_ON = ["pending", "running", "waiting"] as const;

/**
 * Counts anew what a cap bounds now: what its window of now has spent says the ledger, and what is set aside at this moment
 * counts in it too, and is settled in it. So a cap that is set in the middle of a month, or while steps run, bounds all of
 * it; one of each run, the whole of those that are under way. Behind the wallet's lock: what was settled or set aside before
 * is seen here, and who comes later sees the cap.
 */
export async function recountWindow(tx: Tx, scope: TenantScope, capId: string): Promise<void> {
  await lockWallet(tx, scope.tenantId);
  const theCap = sql`${spendCaps.tenantId} = ${scope.tenantId}::uuid and ${spendCaps.id} = ${capId}::uuid`;
  await countSpent(tx, theCap);
  await countSpentOfRuns(tx, theCap);
  await countHeld(tx, theCap);
}

async function countSpent(tx: Tx, theCap: SQL): Promise<void> {
  await tx.execute(sql`
    insert into ${capWindows} as w (tenant_id, cap_id, window_key, spent)
    select ${spendCaps.tenantId}, ${spendCaps.id}, ${windowOfNow()}, greatest(coalesce((
      select sum(e.tenant_cost) from ledger_entries e
      where e.tenant_id = ${spendCaps.tenantId} and e.entry_type = 'usage'
        and (${spendCaps.agentId} is null or e.agent_id = ${spendCaps.agentId})
        and e.occurred_at >= date_trunc(${spendCaps.period}, ${databaseTime()} at time zone 'UTC') at time zone 'UTC'), 0), 0)
    from ${spendCaps} where ${theCap} and ${spendCaps.period} <> 'run'
    on conflict (tenant_id, cap_id, window_key) do update set spent = excluded.spent`);
}

async function countSpentOfRuns(tx: Tx, theCap: SQL): Promise<void> {
  const statuses = sql.join(
    WORKED_ON.map((status) => sql`${status}`),
    sql`, `,
  );
  await tx.execute(sql`
    insert into ${capWindows} as w (tenant_id, cap_id, window_key, spent)
    select ${spendCaps.tenantId}, ${spendCaps.id}, r.id::text, u.spent
    from ${spendCaps}
    join executions r on r.tenant_id = ${spendCaps.tenantId} and r.root_execution_id is null and r.status in (${statuses})
    cross join lateral (
      select sum(e.tenant_cost) as spent from ledger_entries e
      where e.tenant_id = r.tenant_id and e.entry_type = 'usage' and (e.execution_id = r.id or e.root_execution_id = r.id)
    ) u
    where ${theCap} and ${spendCaps.period} = 'run' and u.spent > 0
    on conflict (tenant_id, cap_id, window_key) do update set spent = excluded.spent`);
}

async function countHeld(tx: Tx, theCap: SQL): Promise<void> {
  await tx.execute(sql`
    with counted as (
      update credit_holds h
      set windows = h.windows || jsonb_build_array(jsonb_build_object('cap', c.id, 'key',
        coalesce(c.now_key, coalesce(h.root_execution_id, h.execution_id)::text)))
      from (
        select ${spendCaps.id} as id, ${spendCaps.tenantId} as tenant_id, ${spendCaps.scope} as scope,
          ${spendCaps.agentId} as agent_id, ${windowOfNow()} as now_key
        from ${spendCaps} where ${theCap} and ${spendCaps.isActive}
      ) c
      where h.tenant_id = c.tenant_id and h.status = 'open'
        and not exists (select from jsonb_array_elements(h.windows) p where (p ->> 'cap')::uuid = c.id)
        and case c.scope when 'agent' then h.agent_id = c.agent_id when 'run' then h.execution_id is not null else true end
      returning c.tenant_id, c.id, coalesce(c.now_key, coalesce(h.root_execution_id, h.execution_id)::text) as key, h.amount
    )
    insert into ${capWindows} as w (tenant_id, cap_id, window_key, held)
    select tenant_id, id, key, sum(amount) from counted group by 1, 2, 3
    on conflict (tenant_id, cap_id, window_key) do update set held = w.held + excluded.held`);
}

/**
 * Lets more be spent under a cap by day or month, in its window of now alone: added to what was allowed there, or instead
 * of it. @returns the window; null when there is no such cap
 */
export async function allowInWindow(
  tx: Tx,
  scope: TenantScope,
  capId: string,
  { amount, isAdded }: { amount: Micros; isAdded: boolean },
): Promise<string | null> {
  const extra = microsToNumeric(amount);
  const { rows } = await tx.execute<{ window_key: string }>(sql`
    insert into ${capWindows} as w (tenant_id, cap_id, window_key, extra)
    select ${spendCaps.tenantId}, ${spendCaps.id}, ${windowOfNow()}, ${extra}::numeric from ${spendCaps}
    where ${spendCaps.tenantId} = ${scope.tenantId}::uuid and ${spendCaps.id} = ${capId}::uuid and ${spendCaps.period} <> 'run'
    on conflict (tenant_id, cap_id, window_key) do update
      set extra = excluded.extra + case when ${isAdded} then w.extra else 0 end
    returning window_key`);
  return rows[0]?.window_key ?? null;
}
