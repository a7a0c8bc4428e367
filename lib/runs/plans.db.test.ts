import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { asWorker, type Tx } from "@/db/access";
import { database } from "@/db/pool";
import { withTestDatabase } from "@/lib/testing/database";
import { analyze } from "@/lib/testing/rows-read";
import { makeTenant } from "@/lib/testing/scopes";
import { admitQueued } from "./admission";
import { newFollowUps } from "./follow-up";
import { assumeSlots } from "./slots";

withTestDatabase();

/** PostgreSQL plans a prepared statement anew each time until it has seen that a plan for all values is as good, at its sixth. */
const UNTIL_KEPT = 8;
/** Ended runs, of which none is to be read. */
const MANY = 3_000;

async function plansOf(tx: Tx, part: string) {
  const { rows } = await tx.execute<{ generic: string }>(
    sql`select sum(generic_plans) as generic from pg_prepared_statements where strpos(statement, ${part}) > 0 and statement not like '%pg_prepared%'`,
  );
  return Number(rows[0]?.generic ?? 0);
}

it("keeps the plans of what every start, claim and end of a run asks", async () => {
  const { admin, tenantId } = await makeTenant();
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
