import { drizzle } from "drizzle-orm/node-postgres";
import { expect, test } from "vitest";
import { asPlatform } from "@/db/access";
import { database } from "@/db/pool";
import { executions } from "@/db/schema/ai";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { analyze, rowsReadIn } from "@/lib/testing/rows-read";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { listRunBacklog, runBacklog } from "./queries/jobs";
import { getOverview, runsGoing, runsToday } from "./queries/platform";

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
  await asPlatform(platform, async (tx) => {
    expect(await rowsReadIn(tx, "executions", runsToday(tx).getSQL())).toBeLessThan(10);
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
