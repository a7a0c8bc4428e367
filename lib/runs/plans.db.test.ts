import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { asSystem, asWorker, type Tx } from "@/db/access";
import { database } from "@/db/pool";
import { withTestDatabase } from "@/lib/testing/database";
import { analyze, rowsReadIn } from "@/lib/testing/rows-read";
import { makeTenant } from "@/lib/testing/scopes";
import { admitQueued } from "./admission";
import { newFollowUps } from "./follow-up";
import { assumeSlots } from "./slots";
import { runsOfLostSteps, strayRuns } from "./sweep";

withTestDatabase();

/** PostgreSQL plans a prepared statement anew each time until it has seen that a plan for all values is as good, at its sixth. */
const UNTIL_KEPT = 8;
/** Ended runs, of which none is to be read. */
const MANY = 3_000;
const FEW = 5;

async function plansOf(tx: Tx, part: string) {
  const { rows } = await tx.execute<{ generic: string }>(
    sql`select sum(generic_plans) as generic from pg_prepared_statements where strpos(statement, ${part}) > 0 and statement not like '%pg_prepared%'`,
  );
  return Number(rows[0]?.generic ?? 0);
}

/** Runs that have ended, each with a step. */
async function plantEnded(tenantId: string): Promise<void> {
  const { pool } = await database();
  await pool.query(
    `with ended as (
       insert into executions (id, tenant_id, status, admitted_at)
       select gen_random_uuid(), $1, 'completed', now() from generate_series(1, $2::int) returning id
     )
     insert into execution_steps (id, tenant_id, execution_id, node_id, kind, name, status, lease_until)
     select gen_random_uuid(), $1, id, 'ask', 'llm', 'Ask', 'completed', now() from ended`,
    [tenantId, MANY],
  );
  await analyze("executions");
  await analyze("execution_steps");
}

it("keeps the plans of what every start, claim and end of a run asks", async () => {
  const { admin, tenantId } = await makeTenant();
  await plantEnded(tenantId);
  await asWorker(admin, async (tx) => {
    for (let times = 0; times < UNTIL_KEPT; times += 1) {
      await admitQueued(tx, admin, newFollowUps());
      const slots = await assumeSlots(tx, admin, []);
      await slots.counted();
    }
    expect(await plansOf(tx, 'with "admitted" as')).toBeGreaterThan(0);
    expect(await plansOf(tx, 'count(*)::int from "execution_steps"')).toBeGreaterThan(0);
  });
});

/** Runs that were sent an hour ago, each with a step whose lease ends so much later than now. */
async function plantRunning(tenantId: string, count: number, leaseEnd: string): Promise<void> {
  const { pool } = await database();
  await pool.query(
    `with sent as (
       insert into executions (id, tenant_id, status, admitted_at, dispatched_at, created_at)
       select gen_random_uuid(), $1, 'running', now(), now() - interval '1 hour', now() - interval '1 hour'
       from generate_series(1, $2::int) returning id
     )
     insert into execution_steps (id, tenant_id, execution_id, node_id, kind, name, status, lease_until)
     select gen_random_uuid(), $1, id, 'ask', 'llm', 'Ask', 'running', now() + $3::interval from sent`,
    [tenantId, count, leaseEnd],
  );
}

it("finds the runs that need a hand without a look at those that have ended, however many go on", async () => {
  const { tenantId } = await makeTenant();
  await plantRunning(tenantId, MANY, "1 hour");
  await plantRunning(tenantId, FEW, "-1 hour");
  await plantEnded(tenantId);
  const first = "00000000-0000-0000-0000-000000000000";
  const read = await asSystem("test", async (tx) => [
    await rowsReadIn(tx, "executions", strayRuns(tx).getSQL()),
    await rowsReadIn(tx, "executions", strayRuns(tx, first).getSQL()),
    await rowsReadIn(tx, "execution_steps", runsOfLostSteps(tx).getSQL()),
    await rowsReadIn(tx, "execution_steps", runsOfLostSteps(tx, first).getSQL()),
  ]);
  for (const rows of read) expect(rows).toBeLessThanOrEqual(MANY + FEW);
});
