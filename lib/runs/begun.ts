import { type SQL, sql } from "drizzle-orm";
import { executions } from "@/db/schema/ai";
import { databaseTime } from "@/lib/clock";
import { RUN_DEADLINE_MS } from "./input";

/** What is set of a run that gets under way: where it has begun before, it keeps its start and its time. @param isBegun of which rows */
export function begunWhere(isBegun: SQL) {
  const { status, startedAt, deadlineAt } = executions;
  const late = sql`${databaseTime()} + ${RUN_DEADLINE_MS}::float8 * interval '1 millisecond'`;
  return {
    status: sql<string>`case when ${isBegun} then 'running' else ${status} end`,
    startedAt: sql<Date>`case when ${isBegun} then coalesce(${startedAt}, ${databaseTime()}) else ${startedAt} end`,
    deadlineAt: sql<Date>`case when ${isBegun} then coalesce(${deadlineAt}, ${late}) else ${deadlineAt} end`,
  };
}
