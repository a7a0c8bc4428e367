import { type SQL, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { database } from "@/db/pool";
import type { TenantScope } from "@/db/scope";

type Plan = {
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
};

/** Lets the planner know what was planted. */
export async function analyze(table: string): Promise<void> {
  const { pool } = await database();
  await pool.query(`analyze ${table}`);
}

/** How many rows of a table a statement read, those it threw away included. */
export async function rowsRead(
  scope: TenantScope,
  table: string,
  statement: (tx: Tx) => { getSQL(): SQL },
): Promise<number> {
  return asTenant(scope, (tx) => rowsReadIn(tx, table, statement(tx).getSQL()));
}

/** The same in a transaction that is open. */
export async function rowsReadIn(tx: Tx, table: string, statement: SQL): Promise<number> {
  const { rows } = await tx.execute<{ "QUERY PLAN": { Plan: Plan }[] }>(
    sql`explain (analyze, format json) ${statement}`,
  );
  const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
  if (!plan) throw new Error("no plan");
  return readBy(plan, table);
}

function readBy(plan: Plan, table: string): number {
  const own = (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0)) * plan["Actual Loops"];
  const below = (plan.Plans ?? []).reduce((sum, inner) => sum + readBy(inner, table), 0);
  return plan["Relation Name"] === table ? own + below : below;
}
