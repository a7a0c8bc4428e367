import { database } from "@/db/pool";

/** From now on counts what is deleted of a table. @returns what tells how many rows each transaction deleted */
export async function watchDeletions(table: string): Promise<() => Promise<number[]>> {
  const { pool } = await database();
  const seen = `deleted_${table}`;
  for (const statement of [
    `create table ${seen} (txid bigint not null, total bigint not null)`,
    `create function count_${seen}() returns trigger language plpgsql security definer set search_path = public as $$
       begin
         insert into ${seen} select txid_current(), count(*) from gone;
         return null;
       end $$`,
    `create trigger count_${seen} after delete on ${table} referencing old table as gone
       for each statement execute function count_${seen}()`,
  ]) {
    await pool.query(statement);
  }
  return async () => {
    const { rows } = await pool.query<{ total: number }>(
      `select sum(total)::int as total from ${seen} group by txid order by txid`,
    );
    return rows.map(({ total }) => total);
  };
}
