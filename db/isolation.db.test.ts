import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { asPartner, asTenant, asWorker, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { plantRows } from "@/lib/testing/rows";
import { makePartner, makeTenant, type TestPartner, type TestTenant } from "@/lib/testing/scopes";
import { ROLES } from "./policies";
import { database } from "./pool";
import { TABLES } from "./registry";
import type { TableRule } from "./rules";

withTestDatabase();

const tables = Object.entries<TableRule>(TABLES);
const owned = tables.filter(([, rule]) => rule.class === "tenant");

let partner: TestPartner;
let other: TestPartner;
let a: TestTenant;
let b: TestTenant;

beforeAll(async () => {
  partner = await makePartner();
  other = await makePartner();
  a = await makeTenant(partner.partnerId);
  b = await makeTenant(other.partnerId);
  await plantRows(a, partner.partnerId);
  await plantRows(b, other.partnerId);
});

const REFUSED = new Set(["42501", "23503", "23514"]);

/** How many rows a statement touched; `refused` when the database would not even run it. */
async function outcome(work: Promise<{ rows: unknown[] }>): Promise<number | "refused"> {
  try {
    return (await work).rows.length;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const state = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (REFUSED.has(state)) return "refused";
    throw error;
  }
}

async function rowOf(table: string, column: string, id: string): Promise<Record<string, unknown>> {
  const { pool } = await database();
  const { rows } = await pool.query(
    `select to_jsonb(t) as row from ${table} t where ${column} = $1 limit 1`,
    [id],
  );
  return rows[0]?.row;
}

type Handle = (
  scope: TenantScope,
  work: (tx: Tx) => Promise<{ rows: unknown[] }>,
) => Promise<{ rows: unknown[] }>;

const HANDLES: readonly [string, Handle][] = [
  ["tenant", asTenant],
  ["worker", asWorker],
];

describe.each(HANDLES)("a %s handle of tenant A", (_name, handle) => {
  it.each(owned)("cannot touch B's rows of %s", async (table, rule) => {
    const column = rule.tenantColumn ?? "tenant_id";
    const name = sql.raw(table);
    const key = sql.raw(column);
    const run = (statement: ReturnType<typeof sql>) =>
      outcome(handle(a.admin, (tx) => tx.execute(statement)));
    const victim = await rowOf(table, column, b.tenantId);
    expect(victim, "the attack has a target").toBeDefined();

    expect([0, "refused"]).toContain(await run(sql`select 1 from ${name} where ${key} = ${b.tenantId}`));
    expect([0, "refused"]).toContain(
      await run(sql`select ${key} from ${name} where ${key} = ${b.tenantId} for update`),
    );
    expect([0, "refused"]).toContain(
      await run(sql`update ${name} set ${key} = ${key} where ${key} = ${b.tenantId} returning 1`),
    );
    expect([0, "refused"]).toContain(
      await run(sql`delete from ${name} where ${key} = ${b.tenantId} returning 1`),
    );
    expect([0, "refused"]).toContain(
      await run(sql`update ${name} set ${key} = ${b.tenantId} where ${key} = ${a.tenantId} returning 1`),
    );
    const forged = JSON.stringify({ ...victim, ...("id" in victim ? { id: newId() } : {}) });
    const columns = sql.raw(
      Object.keys(victim)
        .filter((field) => !["search", "sequence", "revision"].includes(field))
        .map((field) => `"${field}"`)
        .join(", "),
    );
    expect(
      await run(
        sql`insert into ${name} (${columns}) select ${columns} from jsonb_populate_record(null::${name}, ${forged}::jsonb) returning 1`,
      ),
    ).toBe("refused");
    expect(await rowOf(table, column, b.tenantId), "B's row is as it was").toEqual(victim);
  });

  it.each(owned.filter(([, rule]) => rule[_name as "tenant" | "worker"]))(
    "sees its own row of %s",
    async (table, rule) => {
      const column = sql.raw(rule.tenantColumn ?? "tenant_id");
      const { rows } = await handle(a.admin, (tx) =>
        tx.execute(sql`select ${column} from ${sql.raw(table)}`),
      );
      expect(rows.length).toBeGreaterThan(0);
    },
  );
});

describe("a partner handle", () => {
  it.each(owned)("sees of %s only what belongs to its customers", async (table, rule) => {
    const column = sql.raw(rule.tenantColumn ?? "tenant_id");
    const read = outcome(
      asPartner(partner.scope, (tx) =>
        tx.execute(sql`select ${column} from ${sql.raw(table)} where ${column} = ${b.tenantId}`),
      ),
    );
    expect(await read).toBe(rule.partner ? 0 : "refused");
  });

  it.each(tables.filter(([, rule]) => rule.class === "partner"))(
    "cannot touch another's %s",
    async (table, rule) => {
      const column = sql.raw(rule.partnerColumn ?? "partner_id");
      const name = sql.raw(table);
      const theirs = async () =>
        (
          await (
            await database()
          ).pool.query(
            `select to_jsonb(t) as row from ${table} t where ${rule.partnerColumn ?? "partner_id"} = $1`,
            [other.partnerId],
          )
        ).rows;
      const before = await theirs();
      expect(before.length, "the attack has a target").toBeGreaterThan(0);
      const run = (statement: ReturnType<typeof sql>) =>
        outcome(asPartner(partner.scope, (tx) => tx.execute(statement)));
      for (const attack of [
        sql`select 1 from ${name} where ${column} = ${other.partnerId}`,
        sql`update ${name} set ${column} = ${column} where ${column} = ${other.partnerId} returning 1`,
        sql`delete from ${name} where ${column} = ${other.partnerId} returning 1`,
      ])
        expect([0, "refused"]).toContain(await run(attack));
      expect(await theirs()).toEqual(before);
      if (rule.partner) expect(await run(sql`select 1 from ${name}`), "its own are seen").toBeGreaterThan(0);
    },
  );

  it("reads no prompt, document or payload", async () => {
    for (const table of [
      "agents",
      "agent_versions",
      "workflows",
      "workflow_versions",
      "executions",
      "execution_steps",
      "documents",
      "document_chunks",
      "model_calls",
    ]) {
      const read = outcome(
        asPartner(partner.scope, (tx) => tx.execute(sql`select 1 from ${sql.raw(table)}`)),
      );
      expect(await read, table).toBe("refused");
    }
  });
});

describe("without a tenant", () => {
  it.each(owned)("%s shows nothing", async (table, rule) => {
    for (const role of [ROLES.tenant, ROLES.worker, ROLES.partner]) {
      const client = await (await database()).pool.connect();
      try {
        await client.query(`begin; set local role ${role}`);
        const column = rule.tenantColumn ?? "tenant_id";
        const rows = await client.query(`select ${column} from ${table}`).then(
          (result) => result.rows.length,
          (error) => (error.code === "42501" ? 0 : Promise.reject(error)),
        );
        expect(rows, `${role} on ${table}`).toBe(0);
      } finally {
        await client.query("rollback");
        client.release();
      }
    }
  });
});

describe("the census", () => {
  it("forces row security on every table and grants nothing to everybody", async () => {
    const { pool } = await database();
    const { rows } = await pool.query(`
      select c.relname, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
             exists (select from aclexplode(c.relacl) g where g.grantee = 0) as is_public
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'`);
    expect(rows.filter((row) => !row.enabled || !row.forced || row.is_public)).toEqual([]);
  });

  it("has no role that could step around row security", async () => {
    const { pool } = await database();
    const { rows } = await pool.query(
      "select rolname from pg_roles where rolname like 'hb\\_%' and (rolsuper or rolbypassrls or rolcanlogin)",
    );
    expect(rows).toEqual([]);
  });

  it("gives every tenant table an index that starts with the tenant, and composite keys to its parents", async () => {
    const { pool } = await database();
    const { rows: indexes } = await pool.query(`
      select c.relname as table, a.attname as first from pg_index i
      join pg_class c on c.oid = i.indrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]`);
    for (const [table, rule] of owned) {
      const first = indexes.filter((index) => index.table === table).map((index) => index.first);
      expect(first, table).toContain(rule.tenantColumn ?? "tenant_id");
    }
    const names = owned.map(([table]) => table).filter((table) => table !== "tenants");
    const { rows: single } = await pool.query(
      `select conrelid::regclass::text as child, confrelid::regclass::text as parent from pg_constraint
       where contype = 'f' and cardinality(conkey) = 1 and conrelid::regclass::text = any($1) and confrelid::regclass::text = any($1)`,
      [names],
    );
    expect(single.filter((key) => key.child !== "ledger_entries" || key.parent !== "ledger_entries")).toEqual(
      [],
    );
  });

  it.each(tables.filter(([, rule]) => rule.appendOnly))(
    "refuses to change %s, even to its owner",
    async (table) => {
      const { pool } = await database();
      for (const statement of [
        `update ${table} set id = id`,
        `delete from ${table}`,
        `truncate ${table} cascade`,
      ]) {
        await expect(pool.query(statement), statement).rejects.toThrow(/append-only/);
      }
    },
  );
});
