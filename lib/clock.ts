import { type SQL, sql } from "drizzle-orm";

let shiftMs = 0;

/** Moves this process's business time. For making a history (the demo data) and for tests; the server never calls it. */
export function shiftClock(milliseconds: number): void {
  shiftMs = milliseconds;
  moved = { time: shifted(sql`now()`), moment: shifted(sql`clock_timestamp()`) };
}

/** By how much it was moved. */
export function clockShift(): number {
  return shiftMs;
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

let moved = { time: shifted(sql`now()`), moment: shifted(sql`clock_timestamp()`) };

/** The same by the database's clock, which decides what is late. Stands still within a transaction. */
export function databaseTime(): SQL<Date> {
  return moved.time;
}

/** The same, running on within a transaction: for the order in which things ended. */
export function databaseMoment(): SQL<Date> {
  return moved.moment;
}

/** Milliseconds on a clock that nobody sets: for how long ago something was, within this process. */
export function elapsedTime(): number {
  return performance.now() + shiftMs;
}
