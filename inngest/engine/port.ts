/** Runs one statement and gives its rows. */
export type Query = <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>;

export interface Statement {
  sql: string;
  params?: readonly unknown[];
}

/** What the engine needs of a database: PostgreSQL 14 or newer, or PGlite. */
export interface EngineDatabase {
  query: Query;
  /** The same for what tells that this process is still at something: it must not wait until everything else has a connection. */
  tell: Query;
  /** Runs the work in one transaction, on one connection; a throw rolls back. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** Runs the statements in one transaction, sent together where the database takes them so, and gives each one's rows. */
  batch(statements: readonly Statement[]): Promise<unknown[][]>;
  /** Subscribes to a NOTIFY channel; the promise gives the function that ends the subscription. */
  listen(channel: string, listener: Listener): Promise<() => Promise<void>>;
}

export interface Listener {
  heard(payload: string): void;
  /** Listening began, for the first time or anew: what was said before that was not heard. */
  began(): void;
}

export interface EngineLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** Serialization failures, deadlocks and plans that do not fit any more: the same transaction may run once more. */
const RETRYABLE_CODES = new Set(["40001", "40P01", "26000", "42P05", "0A000"]);

/** A transaction that is tried up to three times when PostgreSQL aborts it for a conflict. */
export function transact<T>(db: EngineDatabase, work: (query: Query) => Promise<T>): Promise<T> {
  return again(() => db.transaction(work));
}

/** The same for work that is one statement or one batch. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
      if (tries >= 3 || typeof code !== "string" || !RETRYABLE_CODES.has(code)) throw error;
    }
  }
}

/** The database's clock decides what is due, so that what comes next is counted from it: a process may be off. */
export async function databaseNow(query: Query): Promise<Date> {
  const [row] = await query<{ now: Date }>("SELECT now() AS now");
  if (!row) throw new Error("The database told no time");
  return new Date(row.now);
}
