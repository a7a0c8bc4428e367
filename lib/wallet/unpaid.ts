import "server-only";
import { type SQL, sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { databaseTime } from "@/lib/clock";
import { type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";

/**
 * What waits for money lies in an index by tenant, cap (none: it waits for credit) and what it needs. Every read here goes
 * along it from the cheapest on, and takes so many of them: what needs more than there is cannot be in the way, however much
 * it is. (Under row security amounts are compared after a row is read: only the order of an index leads to the cheap ones.)
 */
const CHEAPEST = 2_000;

export type Waiters = {
  readonly from: SQL;
  readonly wait: SQL;
  /** The run that it is a part of, for caps of each run. */
  readonly run: { readonly from: SQL; readonly rootId: SQL } | null;
};
export const STEPS: Waiters = {
  from: sql`execution_steps s`,
  wait: sql`s.status = 'waiting' and s.wait_reason is not null`,
  run: {
    from: sql`join executions e on e.tenant_id = s.tenant_id and e.id = s.execution_id`,
    rootId: sql`coalesce(e.root_execution_id, e.id)`,
  },
};
export const DOCUMENTS: Waiters = {
  from: sql`documents s`,
  wait: sql`s.wait_reason is not null`,
  run: null,
};

/** What is waited for within a tenant: caps that were reached, as they stand now. One that is gone bounds nothing. */
const reachedCaps = ({ from, wait }: Waiters, tenantId: SQL) => sql`(
  with recursive reached (cap_id) as (
    (select s.cap_id from ${from} where s.tenant_id = ${tenantId} and ${wait} and s.cap_id is not null
      order by s.cap_id limit 1)
    union all
    select (select s.cap_id from ${from} where s.tenant_id = ${tenantId} and ${wait} and s.cap_id > r.cap_id
      order by s.cap_id limit 1)
    from reached r where r.cap_id is not null
  )
  select r.cap_id, c.period, c.on_reach, c.amount, c.amount + coalesce(w.extra - w.spent - w.held, 0) as room
  from reached r
  left join spend_caps c on c.tenant_id = ${tenantId} and c.id = r.cap_id and c.is_active
  left join cap_windows w on w.tenant_id = ${tenantId} and w.cap_id = r.cap_id and w.window_key = case c.period
    when 'day' then to_char(${databaseTime()} at time zone 'UTC', 'YYYY-MM-DD')
    when 'month' then to_char(${databaseTime()} at time zone 'UTC', 'YYYY-MM') end
  where r.cap_id is not null)`;

/** What waits for a cap of each run, of which its own run has room for it. */
const inRunsWithRoom = (
  { from, wait }: Waiters,
  run: NonNullable<Waiters["run"]>,
  tenantId: SQL,
  cap: RunCap,
) => sql`
  from ${from} ${run.from}
  left join cap_windows w on w.tenant_id = s.tenant_id and w.cap_id = s.cap_id and w.window_key = ${run.rootId}::text
  where s.tenant_id = ${tenantId} and ${wait} and s.cap_id = ${cap.id}
    and s.needed <= ${cap.amount} + coalesce(w.extra - w.spent - w.held, 0)`;

type RunCap = { readonly id: SQL; readonly amount: SQL };

/** The least that anything needs of what waits for this. */
const least = ({ from, wait }: Waiters, tenantId: SQL, forWhat: SQL) => sql`(select s.needed from ${from}
  where s.tenant_id = ${tenantId} and ${wait} and ${forWhat} order by s.cap_id, s.needed limit 1)`;

/** Tenants with something that waits, one look at the index for each. */
export const waitingTenants = ({ from, wait }: Waiters) => sql`(
  with recursive waiting (tenant_id) as (
    (select s.tenant_id from ${from} where ${wait} order by s.tenant_id limit 1)
    union all
    select (select s.tenant_id from ${from} where ${wait} and s.tenant_id > t.tenant_id
      order by s.tenant_id limit 1)
    from waiting t where t.tenant_id is not null
  )
  select tenant_id from waiting where tenant_id is not null)`;

type TenantRow = { tenant_id: string };

/** Tenants with steps or documents that wait for credit or for a cap. */
export async function findWaiting(tx: Tx): Promise<string[]> {
  const { rows } = await tx.execute<TenantRow>(sql`
    select t.tenant_id from ${waitingTenants(STEPS)} t union select t.tenant_id from ${waitingTenants(DOCUMENTS)} t`);
  return rows.map((row) => row.tenant_id);
}

/** Reads the tenants of which something waits for money and could have it now, or for a cap of which a person may be asked. */
export function payableTenants(of: Waiters): SQL {
  const tenantId = sql`t.tenant_id`;
  const cap = { id: sql`c.cap_id`, amount: sql`c.amount` };
  const ofRuns = of.run ? sql`exists (select ${inRunsWithRoom(of, of.run, tenantId, cap)})` : sql`false`;
  return sql`
    select t.tenant_id from ${waitingTenants(of)} t
    join wallets v on v.tenant_id = t.tenant_id
    where (
      v.balance + v.credit_limit >= 0 and v.allowance + v.balance + v.credit_limit - v.frozen - v.held
        >= ${least(of, tenantId, sql`s.cap_id is null`)}
    ) or exists (
      select from ${reachedCaps(of, tenantId)} c
      where c.amount is null ${of.run ? sql`or c.on_reach = 'ask'` : sql``}
        or case when c.period = 'run' then ${ofRuns} else c.room >= ${least(of, tenantId, sql`s.cap_id = c.cap_id`)} end
    )`;
}

/** Tenants of which something could go on now. */
export async function findPayable(): Promise<string[]> {
  const { rows } = await asSystem("sweep-money", (tx) =>
    tx.execute<TenantRow>(sql`${payableTenants(STEPS)} union ${payableTenants(DOCUMENTS)}`),
  );
  return rows.map((row) => row.tenant_id);
}

/** A cap that something waits for. Without an amount it is gone, or switched off. */
export type ReachedCap = {
  readonly capId: string;
  readonly period: string | null;
  readonly amount: string | null;
  /** What it leaves in its window of now; of a cap of each run that is the run's. */
  readonly room: string | null;
  /** Whether a person may be asked for more: nobody is being asked, and nobody has said no in its window. */
  readonly mayAsk: boolean;
};

/** The caps that a tenant's steps or documents wait for. */
export async function reachedCapsOf(tx: Tx, scope: TenantScope, of: Waiters): Promise<ReachedCap[]> {
  const tenantId = sql`${scope.tenantId}::uuid`;
  const isAsked = (condition: SQL) => sql`exists (select from approvals a
    join execution_steps s on s.tenant_id = a.tenant_id and s.id = a.step_id
    where a.tenant_id = ${tenantId} and s.cap_id = c.cap_id and ${condition})`;
  const windowStart = sql`date_trunc(c.period, ${databaseTime()} at time zone 'UTC') at time zone 'UTC'`;
  const { rows } = await tx.execute<ReachedCap>(sql`
    select c.cap_id as "capId", c.period, c.amount, c.room, coalesce(c.on_reach = 'ask', false)
      and not ${isAsked(sql`a.status = 'pending' and s.status = 'waiting'`)}
      and not ${isAsked(sql`a.status = 'rejected' and a.answered_at >= ${windowStart}`)} as "mayAsk"
    from ${reachedCaps(of, tenantId)} c`);
  return rows;
}

/** A step or a document that waits. */
export type Waiting = {
  readonly id: string;
  readonly needed: Micros;
  /** What a cap of each run leaves to the run that it is a part of; null for any other cap. */
  readonly run: { readonly rootId: string; readonly room: Micros } | null;
};

type WaitingRow = { id: string; needed: string; root_id: string | null; run_room: string | null };

/** Where to look for what may go on: a statement that reads so many, cheapest first, and which of them are meant. */
export type Named = { readonly statement: SQL; readonly which: SQL };

const upTo = (most: Micros) => sql`needed <= ${microsToNumeric(most)}::numeric`;

/** The oldest of what is named, each held until the transaction ends; those that somebody else has are passed over. */
export async function readOldest(
  tx: Tx,
  scope: TenantScope,
  of: Waiters,
  named: Named,
  most: number,
): Promise<Waiting[]> {
  const { rows } = await tx.execute<WaitingRow>(oldestOf(scope, of, named, most));
  return rows.map(({ id, needed, root_id, run_room }) => ({
    id,
    needed: microsFromNumeric(needed),
    run: root_id && run_room ? { rootId: root_id, room: microsFromNumeric(run_room) } : null,
  }));
}

/** The statement that reads it. */
export function oldestOf(
  scope: TenantScope,
  { from, wait }: Waiters,
  { statement, which }: Named,
  most: number,
): SQL {
  return sql`with named as materialized (${statement}),
      oldest as materialized (select * from named where ${which} order by id limit ${most})
    select w.id, w.needed, o.root_id, o.run_room from oldest o
    cross join lateral (
      select s.id, s.needed from ${from} where s.tenant_id = ${scope.tenantId}::uuid and s.id = o.id and ${wait}
      for update of s skip locked
    ) w order by w.id`;
}

function inOrder({ from, wait }: Waiters, scope: TenantScope, forWhat: SQL, order: SQL): SQL {
  return sql`select s.id, s.needed, null::uuid as root_id, null::numeric as run_room from ${from}
    where s.tenant_id = ${scope.tenantId}::uuid and ${wait} and ${forWhat} order by ${order} limit ${CHEAPEST}`;
}

const CHEAPEST_FIRST = sql`s.cap_id, s.needed`;

/** What waits for credit and needs no more than there is. */
export function waitsForCredit(of: Waiters, scope: TenantScope, available: Micros): Named {
  return { statement: inOrder(of, scope, sql`s.cap_id is null`, CHEAPEST_FIRST), which: upTo(available) };
}

/** What waits for a cap and would fit under it as it is. */
export function waitsForCap(of: Waiters, scope: TenantScope, cap: ReachedCap): Named {
  const id = sql`${cap.capId}::uuid`;
  if (cap.period !== "run" || !of.run) {
    const statement = inOrder(of, scope, sql`s.cap_id = ${id}`, CHEAPEST_FIRST);
    return { statement, which: cap.amount === null ? sql`true` : upTo(microsFromNumeric(cap.room ?? "0")) };
  }
  const amount = sql`${cap.amount}::numeric`;
  const statement = sql`select s.id, s.needed, ${of.run.rootId} as root_id,
      ${amount} + coalesce(w.extra - w.spent - w.held, 0) as run_room
    ${inRunsWithRoom(of, of.run, sql`${scope.tenantId}::uuid`, { id, amount })}
    order by ${CHEAPEST_FIRST} limit ${CHEAPEST}`;
  return { statement, which: sql`true` };
}

/** What does not fit under a cap: the oldest of it is to ask for more. */
export function waitsToAsk(of: Waiters, scope: TenantScope, { capId, room }: ReachedCap): Named {
  const dearestFirst = sql`s.cap_id desc, s.needed desc`;
  return {
    statement: inOrder(of, scope, sql`s.cap_id = ${capId}::uuid`, dearestFirst),
    which: sql`needed > ${room}::numeric`,
  };
}
