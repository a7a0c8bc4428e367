import { fillPlaceholders, type Query, SQL, type SQLWrapper, sql } from "drizzle-orm";
import { type PgColumn, PgDialect } from "drizzle-orm/pg-core";
import type { QueryResult } from "pg";
import { clockShift } from "@/lib/clock";
import type { Tx } from "./access";
import type { Statement } from "./statements";

/** What goes into the places of a statement, as the driver takes it: JSON as text. */
export type Values = Readonly<Record<string, unknown>>;

/** A statement that is built, to be sent with what goes into its places. */
type Built<T> = { execute(values?: Record<string, unknown>): Promise<T>; getQuery(): Query };
type Builder<T> = { prepare(name: string): Built<T> };

type Known = { readonly shift: number; readonly built: Built<unknown> };

const known = new WeakMap<Tx, Map<unknown, Known>>();

/** What columns are filled in with by default, as the driver sends it. */
const TIME_OR_ID = /^(\d{4}-\d\d-\d\d[T ]\d\d:|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-)/;

function isOfOneTime(param: unknown): boolean {
  return param instanceof Date || (typeof param === "string" && TIME_OR_ID.test(param));
}

/** Building one costs more than sending it: each is built once for each connection and role. */
function once<T>(tx: Tx, key: unknown, build: () => Built<T>): Built<T> {
  const own = known.get(tx) ?? new Map<unknown, Known>();
  known.set(tx, own);
  const last = own.get(key);
  // The present is part of a statement where the clock of this process is moved.
  if (last?.shift === clockShift()) return last.built as Built<T>;
  const built = build();
  if (built.getQuery().params.some(isOfOneTime))
    throw new Error("a time or an id would stay what it was when the statement was built: give it a place");
  own.set(key, { shift: clockShift(), built });
  return built;
}

/**
 * A statement of Drizzle's that is built once and sent again and again, with `sql.placeholder(name)` where values go. Its
 * shape must not depend on anything else.
 */
export function madeOnce<V extends Values, T>(
  build: (tx: Tx) => Builder<T>,
): (tx: Tx, values: V) => Statement<T> {
  return (tx, values) => {
    // Without a name: `db/prepared` decides what PostgreSQL keeps.
    const built = once(tx, build, () => build(tx).prepare(""));
    return { execute: () => built.execute(values) };
  };
}

const dialect = new PgDialect();

type Raw = QueryResult<Record<string, unknown>>;

/**
 * The same for a statement that is written as SQL; its answer is as the driver gives it.
 * @param key stands for the text: what is sent under it is always built from the same
 */
export function rawOnce(tx: Tx, key: unknown, text: () => SQL, values: Values): Statement<Raw> {
  const built = rawBuilt(tx, key, text);
  return { execute: () => built.execute(values) };
}

function rawBuilt(tx: Tx, key: unknown, text: () => SQL): Built<Raw> {
  const prepare = () => tx._.session.prepareQuery(dialect.sqlToQuery(text()), undefined, undefined, false);
  return once(tx, key, () => prepare() as unknown as Built<Raw>);
}

/** The same as the driver is to send it. */
export function filledOnce(
  tx: Tx,
  key: unknown,
  text: () => SQL,
  values: Values,
): { readonly text: string; readonly params: unknown[] } {
  const { sql: made, params } = rawBuilt(tx, key, text).getQuery();
  return { text: made, params: fillPlaceholders(params, values) };
}

/** A value for a column of JSON: no value is no JSON either. */
export function asJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/**
 * Whether a column is one of what a query gives, with the query done first and once: a plan that was kept from when its
 * tables were small may join the two by reading all of them.
 */
export function isAmong(column: PgColumn, query: SQLWrapper): SQL {
  return sql`${column} = any(array(${query instanceof SQL ? query : query.getSQL()}))`;
}
