import "server-only";
import { sql } from "drizzle-orm";
import { asSystem, type Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { databaseTime } from "./clock";
import { AppError } from "./errors";

/** The present by the database's clock: what ends or comes due is reckoned from it, as it is looked at by it. */
export async function presentTime(tx: Tx): Promise<Date> {
  const now = sql<Date>`${databaseTime()}`.mapWith(executions.createdAt);
  const [row] = await tx.select({ now }).from(sql`(select) as present`);
  if (!row) throw new AppError("internal", "The database did not say what time it is.");
  return row.now;
}

/** The same for a job that decides what is due: the clock of the process it runs in may be off. */
export function jobTime(): Promise<Date> {
  return asSystem("job-time", presentTime);
}
