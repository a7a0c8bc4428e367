import "server-only";
import { sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { tenants } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import { marginSums, usageCounted, usageRuns, usageSums } from "@/db/schema/usage-sums";
import { firstIdAt } from "@/lib/ids";
import { dayOf, uncounted, uncountedOwed } from "./counted";
import { runChanges } from "./runs";

/** So many ledger rows, about, are counted in one transaction. */
const ROWS = 100_000;
const STATEMENT_MS = 28_000;
/** What is not this old is left: pages read it from the ledger itself, each time. */
const MARGIN_MS = 10 * 60_000;
const ENTRIES = sql`select e.id, e.created_at from ${ledgerEntries} e`;

/** Up to when the ledger may be counted once none of the transactions that were open then is open any more. */
export type Look = { readonly limit: string; readonly open: readonly string[] };

/**
 * The first half of the proof that nothing can be written any more with a time before `limit`. A row is dated by the begin
 * of its transaction, which may be open for long: who is open now is noted, and everybody who begins later dates later.
 * Every transaction holds a lock on its own number, which all roles see. The minutes between are for what no lock tells: a
 * clock that is set back.
 */
export async function lookForWriters(marginMs = MARGIN_MS): Promise<Look> {
  return asSystem("count-usage", async (tx) => {
    const { rows } = await tx.execute<{ limit: string }>(
      sql`select (now() - make_interval(secs => ${marginMs / 1000}))::text as limit`,
    );
    return { limit: rows[0]?.limit ?? "-infinity", open: await openTransactions(tx) };
  });
}

/** The other half: which of them are still open. */
export async function stillOpen({ open }: Look): Promise<number> {
  const now = new Set(await asSystem("count-usage", openTransactions));
  return open.filter((transaction) => now.has(transaction)).length;
}

async function openTransactions(tx: Tx): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select l.virtualtransaction as id from pg_locks l join pg_stat_activity a on a.pid = l.pid
    join pg_database d on d.oid = a.datid and d.datname = current_database()
    where l.locktype = 'virtualxid' and l.mode = 'ExclusiveLock' and a.usesysid is not null and l.pid <> pg_backend_pid()`);
  return rows.map((row) => row.id);
}

/** Workspaces with rows that may be counted, those first that have waited longest. */
export async function findUncounted(limit: string): Promise<string[]> {
  return asSystem(
    "count-usage",
    async (tx) => {
      const { rows } = await tx.execute<{ id: string }>(sql`
        select t.id from ${tenants} t left join ${usageCounted} c on c.tenant_id = t.id
        where exists (${uncounted(sql`t.id`, ENTRIES, sql`and e.created_at < ${limit}::timestamptz limit 1`)})
        order by c.until nulls first, t.id`);
      return rows.map((row) => row.id);
    },
    { statementMs: STATEMENT_MS },
  );
}

/**
 * Counts the next rows of a workspace's ledger that were written before `limit`. What is counted and how far it is are one
 * transaction, and only one has it at a time: no row is counted twice, however often and by however many it is asked for.
 * @param rows about how many
 * @returns whether there may be more
 */
export async function countSome(tenantId: string, limit: string, rows = ROWS): Promise<boolean> {
  return asSystem(
    "count-usage",
    async (tx) => {
      const next = await nextRows(tx, tenantId, limit, rows);
      if (!next) return false;
      await addSums(tx, tenantId, next.to);
      await addRuns(tx, tenantId, next.to);
      await addMargins(tx, tenantId, next.to);
      await tx.execute(sql`update ${usageCounted} set until = ${next.to}::timestamptz, margins_until = ${next.to}::timestamptz,
        after_id = ${firstIdAt(new Date(next.ms))}::uuid where tenant_id = ${tenantId}::uuid`);
      return !next.isLast;
    },
    { statementMs: STATEMENT_MS },
  );
}

type Next = { from: string; to: string; ms: number; isLast: boolean };

/** From where to where is counted next; null when there is nothing, or another does it just now. */
async function nextRows(tx: Tx, tenantId: string, limit: string, rows: number): Promise<Next | null> {
  const tenant = sql`${tenantId}::uuid`;
  await tx.execute(sql`insert into ${usageCounted} (tenant_id, until, after_id)
    values (${tenant}, '-infinity', '00000000-0000-0000-0000-000000000000') on conflict do nothing`);
  const locked = await tx.execute<{ from: string }>(
    sql`select until::text as from from ${usageCounted} where tenant_id = ${tenant} for update skip locked`,
  );
  const from = locked.rows[0]?.from;
  if (from === undefined) return null;
  // Any moment would do: by the ids it is found without sorting, and there is always some way from one to the next.
  const found = await tx.execute<Omit<Next, "from">>(sql`
    select x.to::text as to, floor(extract(epoch from x.to) * 1000)::float8 as ms, x.to = ${limit}::timestamptz as "isLast"
    from (select least(${limit}::timestamptz, (
      select greatest(created_at, ${from}::timestamptz) + interval '1 second' from (
        ${uncounted(tenant, ENTRIES, sql`order by e.id limit ${rows}`)}) next
      order by id offset ${rows - 1})) as to) x
    where x.to > ${from}::timestamptz`);
  return found.rows[0] ? { from, ...found.rows[0] } : null;
}

async function addSums(tx: Tx, tenantId: string, to: string): Promise<void> {
  const tenant = sql`${tenantId}::uuid`;
  const upTo = sql`and e.created_at < ${to}::timestamptz`;
  const place = sql`${dayOf(sql`e.occurred_at`)} as day, e.agent_id, e.workflow_id, e.model_key, e.resource_type`;
  const used = sql`select ${place}, e.quantity, e.tenant_cost, 0 as owed from ${ledgerEntries} e`;
  const funded = sql`${place}, 0 as quantity, 0 as tenant_cost, f.amount as owed`;
  await tx.execute(sql`
    insert into ${usageSums} as s (tenant_id, day, agent_id, workflow_id, model_key, resource_type, quantity, tenant_cost, owed)
    select ${tenant}, day, agent_id, workflow_id, model_key, resource_type, sum(quantity), sum(tenant_cost), sum(owed) from (
      ${uncounted(tenant, used, upTo)}
      union all ${uncountedOwed(tenant, funded, sql``, sql`${to}::timestamptz`)}
    ) x group by 2, 3, 4, 5, 6
    on conflict on constraint usage_sums_place_unique do update set quantity = s.quantity + excluded.quantity,
      tenant_cost = s.tenant_cost + excluded.tenant_cost, owed = s.owed + excluded.owed`);
}

async function addRuns(tx: Tx, tenantId: string, to: string): Promise<void> {
  const tenant = sql`${tenantId}::uuid`;
  const changes = runChanges(tenant, sql`and e.created_at < ${to}::timestamptz`);
  await tx.execute(sql`
    insert into ${usageRuns} as r (tenant_id, day, previous_day, part, key, runs)
    select ${tenant}, day, previous_day, part, key, sum(runs) from (${changes}) x group by 2, 3, 4, 5 having sum(runs) <> 0
    on conflict on constraint usage_runs_place_unique do update set runs = r.runs + excluded.runs`);
}

async function addMargins(tx: Tx, tenantId: string, to: string): Promise<void> {
  const tenant = sql`${tenantId}::uuid`;
  const made = sql`select ${dayOf(sql`e.occurred_at`)} as day, e.partner_id, e.platform_cost, e.tenant_cost, e.partner_commission
    from ${ledgerEntries} e`;
  await tx.execute(sql`
    insert into ${marginSums} as s (tenant_id, day, partner_id, platform_cost, tenant_cost, partner_commission)
    select ${tenant}, day, partner_id, sum(platform_cost), sum(tenant_cost), sum(partner_commission)
    from (${uncounted(tenant, made, sql`and e.created_at < ${to}::timestamptz`)}) x group by 2, 3
    on conflict on constraint margin_sums_place_unique do update set platform_cost = s.platform_cost + excluded.platform_cost,
      tenant_cost = s.tenant_cost + excluded.tenant_cost, partner_commission = s.partner_commission + excluded.partner_commission`);
}

/** Forgets what was counted of a workspace: until it is counted anew its pages read the ledger alone. */
export async function forgetCounted(tenantId: string): Promise<void> {
  await asSystem("count-usage", async (tx) => {
    await tx.execute(sql`select from ${usageCounted} where tenant_id = ${tenantId}::uuid for update`);
    for (const table of [usageSums, usageRuns, marginSums, usageCounted])
      await tx.execute(sql`delete from ${table} where tenant_id = ${tenantId}::uuid`);
  });
}
