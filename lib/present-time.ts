import "server-only";
import { sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { Statement } from "@/db/statements";
import { databaseTime } from "./clock";
import { AppError } from "./errors";

/** The statement that reads the present by the database's clock, for `presentOf`. */
export function presentStatement(tx: Tx): Statement<{ now: Date }[]> {
  const now = sql<Date>`${databaseTime()}`.mapWith(executions.createdAt);
  return tx.select({ now }).from(sql`(select) as present`);
}

/** Its answer. */
export function presentOf([row]: readonly { readonly now: Date }[]): Date {
  if (!row) throw new AppError("internal", "The database did not say what time it is.");
  return row.now;
}

/**
 * The present by the database's clock, which all processes share: what ends or comes due is reckoned from it, and what is
 * used is used at it.
 */
export async function presentTime(tx: Tx): Promise<Date> {
  return presentOf(await presentStatement(tx).execute());
}

/** The same for a job that decides what is due: the clock of the process it runs in may be off. */
export function jobTime(): Promise<Date> {
  return asSystem("job-time", presentTime);
}
