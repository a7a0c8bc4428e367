import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { capWindows, spendCaps } from "@/db/schema/caps";
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
 * Counts what is spent under a cap in its window of now anew, from the ledger: a cap that is set in the middle of a month
 * bounds the whole of it. Behind the wallet's lock, where everything is counted that has been settled.
 */
export async function recountWindow(tx: Tx, scope: TenantScope, capId: string): Promise<void> {
  await lockWallet(tx, scope.tenantId);
  await tx.execute(sql`
    insert into ${capWindows} as w (tenant_id, cap_id, window_key, spent)
    select ${spendCaps.tenantId}, ${spendCaps.id}, ${windowOfNow()}, greatest(coalesce((
      select sum(e.tenant_cost) from ledger_entries e
      where e.tenant_id = ${spendCaps.tenantId} and (${spendCaps.agentId} is null or e.agent_id = ${spendCaps.agentId})
        and e.occurred_at >= date_trunc(${spendCaps.period}, ${databaseTime()} at time zone 'UTC') at time zone 'UTC'), 0), 0)
    from ${spendCaps}
    where ${spendCaps.tenantId} = ${scope.tenantId}::uuid and ${spendCaps.id} = ${capId}::uuid and ${spendCaps.period} <> 'run'
    on conflict (tenant_id, cap_id, window_key) do update set spent = excluded.spent`);
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
