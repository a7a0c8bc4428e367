import { getTableColumns, getTableName, SQL, sql } from "drizzle-orm";
import type { PgColumn, PgInsertValue, PgTable } from "drizzle-orm/pg-core";
import type { QueryResult } from "pg";
import type { Tx } from "./access";
import { rawOnce } from "./made-once";
import type { Statement } from "./statements";

type InsertOptions = {
  /** Rows that break this unique key are left out: its columns by their names in the code, and its condition. */
  readonly unlessKnownBy?: { readonly fields: readonly string[]; readonly where?: string };
  /** The columns to give back, by their names in the code. */
  readonly returning?: readonly string[];
};

/**
 * Inserts rows that all have the same fields, as one JSON value: the statement is the same whatever their number and
 * content, so that it is built, parsed and planned once. A field that is an SQL expression is the first row's for all of
 * them, and can refer to the row as `r`.
 */
export function insertRows<T extends PgTable>(
  tx: Tx,
  table: T,
  rows: readonly PgInsertValue<T>[],
  options: InsertOptions = {},
): Statement<QueryResult<Record<string, unknown>>> {
  const columns = getTableColumns(table) as Record<string, PgColumn>;
  const [first = {}, ...others] = rows.map((row) => withDefaults(columns, row));
  const fields = Object.keys(first);
  const computed = fields.filter((field) => first[field] instanceof SQL);
  const given = fields.filter((field) => !computed.includes(field));
  const values = [first, ...others].map((row) =>
    Object.fromEntries(given.map((field) => [columns[field]?.name, wireValue(columns[field], row[field])])),
  );
  const expressions = computed.map((field) => first[field] as SQL);
  const shape = shapeOf(table, columns, { given, computed, expressions }, options);
  const { head, record, tail } = shape;
  const computations = () => sql.join(expressions.map((expression) => sql`, ${expression}`));
  const statement = (json: unknown) => sql`${head}${computations()} ${record}${json}${tail}`;
  // An expression that was made for these rows alone is built with them.
  const isKnown = expressions.every((expression, at) => expression === shape.expressions[at]);
  if (!isKnown) return tx.execute(statement(JSON.stringify(values)));
  return rawOnce(tx, shape, () => statement(sql.placeholder("rows")), { rows: JSON.stringify(values) });
}

type Row = Record<string, unknown>;

function withDefaults(columns: Record<string, PgColumn>, row: Row): Row {
  const full: Row = {};
  for (const [field, column] of Object.entries(columns)) {
    const value = row[field] === undefined ? column.defaultFn?.() : row[field];
    if (value !== undefined) full[field] = value;
  }
  return full;
}

/** As JSON carries it: what a column of JSON holds stays what it is, everything else is as the driver would send it. */
function wireValue(column: PgColumn | undefined, value: unknown): unknown {
  if (value === null || value === undefined || !column) return null;
  if (value instanceof SQL) throw new Error(`${column.name} is computed in some rows only`);
  const isJson = column.columnType === "PgJson" || column.columnType === "PgJsonb";
  if (isJson) return value;
  const sent = column.mapToDriverValue(value);
  return typeof sent === "bigint" ? sent.toString() : sent;
}

type Texts = { readonly head: SQL; readonly record: SQL; readonly tail: SQL };
type Shape = Texts & { readonly expressions: readonly SQL[] };

const shapes = new WeakMap<PgTable, Map<string, Shape>>();

/** The texts of statements of one kind, and the expressions that the first of them was made with. */
function shapeOf(
  table: PgTable,
  columns: Record<string, PgColumn>,
  fields: { given: readonly string[]; computed: readonly string[]; expressions: readonly SQL[] },
  options: InsertOptions,
): Shape {
  const own = shapes.get(table) ?? new Map<string, Shape>();
  shapes.set(table, own);
  const { expressions, ...names } = fields;
  const key = JSON.stringify([names, options]);
  const known = own.get(key);
  if (known) return known;
  const made = { ...textsOf(table, columns, names, options), expressions };
  own.set(key, made);
  return made;
}

function textsOf(
  table: PgTable,
  columns: Record<string, PgColumn>,
  fields: { given: readonly string[]; computed: readonly string[] },
  { unlessKnownBy, returning }: InsertOptions,
): Texts {
  const named = (field: string) => `"${columns[field]?.name}"`;
  const list = (some: readonly string[], prefix = "") =>
    some.map((field) => prefix + named(field)).join(", ");
  const types = fields.given.map((field) => `${named(field)} ${columns[field]?.getSQLType()}`).join(", ");
  const where = unlessKnownBy?.where ? ` where ${unlessKnownBy.where}` : "";
  const conflict = unlessKnownBy ? ` on conflict (${list(unlessKnownBy.fields)})${where} do nothing` : "";
  const answer = returning ? ` returning ${list(returning)}` : "";
  const into = list([...fields.given, ...fields.computed]);
  return {
    head: sql.raw(`insert into "${getTableName(table)}" (${into}) select ${list(fields.given, "r.")}`),
    record: sql.raw("from json_to_recordset("),
    tail: sql.raw(`) as r(${types})${conflict}${answer}`),
  };
}
