import { type SQL, sql } from "drizzle-orm";

let shiftMs = 0;

/** Moves this process's business time. For making a history (the demo data) and for tests; the server never calls it. */
export function shiftClock(milliseconds: number): void {
  shiftMs = milliseconds;
}

/** The present of this process: what happened now, happened then. */
export function currentTime(): Date {
  return new Date(Date.now() + shiftMs);
}

function shifted(time: SQL): SQL<Date> {
  return shiftMs === 0
    ? sql<Date>`${time}`
    : sql<Date>`(${time} + ${shiftMs}::float8 * interval '1 millisecond')`;
}

/** The same by the database's clock, which decides what is late. Stands still within a transaction. */
export function databaseTime(): SQL<Date> {
  return shifted(sql`now()`);
}

/** The same, running on within a transaction: for the order in which things ended. */
export function databaseMoment(): SQL<Date> {
  return shifted(sql`clock_timestamp()`);
}

/** Milliseconds on a clock that nobody sets: for how long ago something was, within this process. */
export function elapsedTime(): number {
  return performance.now() + shiftMs;
}
