import type { PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "@/inngest/engine/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { migrateDatabase } from "./migrate";
import { type Database, database, openServer } from "./pool";

withTestDatabase();

/** What somebody at work has asked for, and holds until the commit. */
const LOOK = "select from executions limit 1; select from engine.run limit 1";

describe.runIf(testServerUrl())("a start on a database in which others are at work", () => {
  let starting: Database;
  let worker: PoolClient;
  beforeEach(async () => {
    const address = new URL((await database()).connectionString ?? "");
    // It gives up where it would have to wait, and with it everybody who comes behind it.
    address.searchParams.set("options", "-c lock_timeout=2s");
    starting = openServer(address.href, 2);
    worker = await (await database()).pool.connect();
    await worker.query("begin");
  });
  afterEach(async () => {
    await worker.query("rollback");
    worker.release();
    await starting.close();
  });

  it("waits for nobody when the database is as this program wants it", async () => {
    await migrateDatabase(starting);
    await worker.query(LOOK);
    await migrateDatabase(starting);
  });

  it.each([
    "revoke select on agents from hb_tenant",
    "drop policy tenant_select on agents",
    "alter table agents no force row level security",
    "create or replace function app.tenant_id() returns uuid language sql stable as 'select null::uuid'",
    "drop trigger ledger_entries_append_only on ledger_entries",
    "drop table engine.idempotency",
    "comment on schema app is 'of another version'",
  ])("puts right what is not: %s", async (change) => {
    await migrateDatabase(starting);
    const wanted = await rights();
    await (await database()).pool.query(change);
    await migrateDatabase(starting);
    expect(await rights()).toEqual(wanted);
  });

  it("says why it could not set anew what is not as wanted", async () => {
    await (await database()).pool.query("comment on schema app is 'of another version'");
    await worker.query(LOOK);
    await expect(migrateDatabase(starting)).rejects.toMatchObject({ code: "55P03" });
  });

  it("lets somebody end who stands in its way while it stands in theirs, and goes on", async () => {
    const { pool } = await database();
    await pool.query("comment on schema app is 'of another version'");
    const { rows } = await pool.query<{ tablename: string }>(
      "select tablename from pg_policies where schemaname = 'public'",
    );
    const [first, last] = [rows[0]?.tablename, rows.at(-1)?.tablename];
    await worker.query(`select from ${last} limit 1`);
    const migrating = migrateDatabase(starting);
    migrating.catch(() => undefined);
    const waiting = `select from pg_locks where relation = '${last}'::regclass and not granted`;
    await until("it to wait", async () => (await pool.query(waiting)).rowCount === 1);
    await worker.query(`select from ${first} limit 1`);
    await worker.query("commit");
    await migrating;
    const { rows: comment } = await pool.query("select obj_description('app'::regnamespace) as stamp");
    expect(comment[0]?.stamp).not.toBe("of another version");
  });
});

/** What rests on rights, policies, functions and triggers. */
async function rights(): Promise<unknown> {
  const { rows } = await (await database()).pool.query(`select
    has_table_privilege('hb_tenant', 'agents', 'select') as may_read,
    (select count(*)::int from pg_policies where tablename = 'agents') as policies,
    (select relforcerowsecurity from pg_class where oid = 'agents'::regclass) as forced,
    to_regclass('engine.idempotency') is not null as keys,
    pg_get_functiondef('app.tenant_id'::regproc) as tenant_id,
    (select count(*)::int from pg_trigger where tgrelid = 'ledger_entries'::regclass and not tgisinternal) as triggers`);
  return rows;
}
