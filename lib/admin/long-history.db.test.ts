import { drizzle } from "drizzle-orm/node-postgres";
import { expect, test } from "vitest";
import { asPlatform } from "@/db/access";
import { database } from "@/db/pool";
import { executions } from "@/db/schema/ai";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { analyze, rowsReadIn } from "@/lib/testing/rows-read";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { listAllAudit, selectRows } from "./queries/audit";
import { listRunBacklog, runBacklog } from "./queries/jobs";
import { getOverview, runsGoing, runsToday } from "./queries/platform";
import { getTenant, listTenantNames } from "./queries/tenants";

withTestDatabase();

const MANY = 3_000;

test("the runs of today, and those that go on, are counted without reading the others", async () => {
  const platform = await makePlatform();
  const { tenantId } = await makeTenant();
  const { pool } = await database();
  await pool.query(
    `insert into executions (id, tenant_id, status, created_at)
     select app.new_id(at), $1, 'completed', at from (select now() - interval '10 days' - n * interval '1 minute' as at from generate_series(1, $2::int) n) old`,
    [tenantId, MANY],
  );
  const longAgo = new Date(Date.now() - 20 * 86_400_000);
  await drizzle(pool)
    .insert(executions)
    .values([
      { id: newId(), tenantId, status: "failed" },
      { id: newId(), tenantId, status: "waiting", createdAt: longAgo },
    ]);
  await analyze("executions");
  expect(await getOverview(platform)).toMatchObject({ runsToday: 1, failedToday: 1, live: 1 });
  expect(await getTenant(platform, tenantId)).toMatchObject({ runsToday: 1, failedToday: 1 });
  await asPlatform(platform, async (tx) => {
    expect(await rowsReadIn(tx, "executions", runsToday(tx).getSQL())).toBeLessThan(10);
    expect(await rowsReadIn(tx, "executions", runsToday(tx, tenantId).getSQL())).toBeLessThan(10);
    expect(await rowsReadIn(tx, "executions", runsGoing(tx).getSQL())).toBeLessThan(10);
  });
});

test("the failures of a year are not read to list those of the last day", async () => {
  const platform = await makePlatform();
  const { tenantId } = await makeTenant();
  const { pool } = await database();
  await pool.query(
    `insert into executions (id, tenant_id, status, created_at, completed_at)
     select app.new_id(at), $1, 'failed', at, at from (select now() - interval '10 days' - n * interval '1 minute' as at from generate_series(1, $2::int) n) old`,
    [tenantId, MANY],
  );
  await drizzle(pool)
    .insert(executions)
    .values([
      { id: newId(), tenantId, status: "failed", completedAt: new Date() },
      { id: newId(), tenantId, status: "running" },
    ]);
  await analyze("executions");
  const ours = (await listRunBacklog(platform)).find((row) => row.tenantId === tenantId);
  expect(ours).toMatchObject({ pending: 0, running: 1, waiting: 0, failed: 1 });
  await asPlatform(platform, async (tx) => {
    expect(await rowsReadIn(tx, "executions", runBacklog(tx).getSQL())).toBeLessThan(20);
  });
});

test("the latest page of a long record is read without the rest of it, and without the people of others", async () => {
  const platform = await makePlatform();
  const { tenantId, memberId } = await makeTenant();
  const { pool } = await database();
  await pool.query(
    `insert into users (id, tenant_id, email, full_name, hashed_password)
     select gen_random_uuid(), $1, n || '@many.example', 'Many', '' from generate_series(1, $2::int) n`,
    [tenantId, MANY],
  );
  await pool.query(
    `insert into audit_log (id, tenant_id, actor_kind, actor_id, action, target_type, created_at)
     select app.new_id(at), $1, case when n % 3 = 0 then 'job' else 'user' end, case when n % 3 = 0 then 'sweep' else $2 end, 'run.start', 'run', at
     from (select n, now() - interval '10 days' - n * interval '1 minute' as at from generate_series(1, $3::int) n) old`,
    [tenantId, memberId, MANY],
  );
  await analyze("users");
  await analyze("audit_log");
  const { items } = await listAllAudit(platform, { action: "run.start" });
  const email = `${memberId}@example.test`;
  expect(items.slice(0, 3).map((row) => row.actorEmail)).toEqual([email, email, null]);
  await asPlatform(platform, async (tx) => {
    const page = selectRows(tx, {}, 26).getSQL();
    expect(await rowsReadIn(tx, "audit_log", page)).toBeLessThan(50);
    expect(await rowsReadIn(tx, "users", page)).toBeLessThan(50);
  });
});

test("of more workspaces than a choice holds the one that a page is about is in it, and one that is not there adds none", async () => {
  const platform = await makePlatform();
  const { pool } = await database();
  const last = newId();
  await pool.query("insert into tenants (id, name) values ($1, 'Zzz the last by name')", [last]);
  await pool.query(
    "insert into tenants (id, name) select gen_random_uuid(), 'Many ' || n from generate_series(1, 500) n",
  );
  expect((await listTenantNames(platform)).map(({ id }) => id)).not.toContain(last);
  const names = await listTenantNames(platform, last);
  expect(names.at(-1)).toEqual({ id: last, name: "Zzz the last by name" });
  expect(names).toHaveLength(500);
  expect(await listTenantNames(platform, newId())).toHaveLength(500);
});
