import { createHash } from "node:crypto";
import type { PoolClient } from "pg";
import { ROLES } from "./policies";

const roles = Object.values(ROLES)
  .map((role) => `'${role}'`)
  .join(", ");

/**
 * All of a database that `migrate` sets anew: who may do what with tables, columns, sequences and functions, row policies,
 * triggers, the text of functions, what the engine keeps, and whether the user of the settings is in the roles.
 */
const STATE = `
select md5(concat_ws(' ', current_user,
  (select string_agg(concat_ws(' ', c.relname, c.relacl, c.relrowsecurity, c.relforcerowsecurity), ',' order by c.relname)
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'S')),
  (select string_agg(concat_ws(' ', c.relname, a.attname, a.attacl), ',' order by c.relname, a.attname)
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and a.attacl is not null),
  (select string_agg(p::text, ',' order by p.tablename, p.policyname) from pg_policies p where p.schemaname = 'public'),
  (select string_agg(pg_get_triggerdef(t.oid), ',' order by t.tgrelid::regclass::text, t.tgname)
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = 'public'::regnamespace and not t.tgisinternal),
  (select string_agg(concat_ws(' ', p.oid::regprocedure, p.prosrc, p.proacl, p.prosecdef, p.proconfig), ','
      order by p.oid::regprocedure::text)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace and n.nspname in ('app', 'engine')),
  (select string_agg(c.relname, ',' order by c.relname)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'engine'),
  (select string_agg(concat_ws(' ', n.nspname, n.nspacl), ',' order by n.nspname)
    from pg_namespace n where n.nspname in ('app', 'engine', 'public')),
  (select string_agg(concat_ws(' ', r.rolname, pg_has_role(r.oid, 'member')), ',' order by r.rolname)
    from pg_roles r where r.rolname in (${roles})))) as state,
  (select obj_description(n.oid, 'pg_namespace') from pg_namespace n where n.nspname = 'app') as stamp`;

type Read = { state: string; stamp: string | null };

async function read(client: PoolClient): Promise<Read> {
  const { rows } = await client.query<Read>(STATE);
  const [row] = rows;
  if (!row) throw new Error("the database told nothing of itself");
  return row;
}

const stampOf = (statements: readonly string[], state: string): string =>
  `${createHash("sha256").update(statements.join("\n")).digest("hex")} ${state}`;

/** Whether these statements were the last to set what they set, and nobody has changed it since: another version, or by hand. */
export async function isStamped(client: PoolClient, statements: readonly string[]): Promise<boolean> {
  const { state, stamp } = await read(client);
  return stamp === stampOf(statements, state);
}

/** Notes that they were run, and what has come of it. */
export async function stamp(client: PoolClient, statements: readonly string[]): Promise<void> {
  const { state } = await read(client);
  await client.query(`comment on schema app is '${stampOf(statements, state)}'`);
}
