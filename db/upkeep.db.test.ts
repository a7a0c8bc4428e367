import { expect, it } from "vitest";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { database } from "./pool";
import { tendTables } from "./upkeep";

withTestDatabase();

// A server has a process of its own for it.
it.skipIf(testServerUrl())(
  "measures what has grown and clears what is worn, once for each change",
  async () => {
    const { pool } = await database();
    const numbers = async () => {
      const { rows } = await pool.query(
        "select relname, reltuples::int as rows from pg_class where relname in ('grown', 'Worn') order by 1",
      );
      return rows;
    };
    // What is counted of changes is otherwise told once a second.
    const tended = async () => {
      await pool.query("select pg_stat_force_next_flush()");
      return tendTables(pool);
    };
    await tended();
    await pool.query('create table grown (n int); create table "Worn" (n int); create table small (n int)');
    await pool.query(
      'insert into grown select generate_series(1, 500); insert into "Worn" select generate_series(1, 300)',
    );
    expect(await numbers()).toEqual([
      { relname: "Worn", rows: -1 },
      { relname: "grown", rows: -1 },
    ]);
    expect(await tended()).toEqual([
      { table: "public.grown", did: "analyze" },
      { table: 'public."Worn"', did: "analyze" },
    ]);
    expect(await numbers()).toEqual([
      { relname: "Worn", rows: 300 },
      { relname: "grown", rows: 500 },
    ]);
    expect(await tended()).toEqual([]);

    await pool.query('update "Worn" set n = n + 1; insert into grown select generate_series(1, 90)');
    expect(await tended()).toEqual([{ table: 'public."Worn"', did: "vacuum" }]);
    expect(
      (await pool.query("select n_dead_tup::int as dead from pg_stat_user_tables where relname = 'Worn'"))
        .rows,
    ).toEqual([{ dead: 0 }]);
    await pool.query("insert into grown select generate_series(1, 20)");
    expect(await tended()).toEqual([{ table: "public.grown", did: "analyze" }]);
  },
);
