import { type SQL, sql } from "drizzle-orm";
import { type AnyPgColumn, bigint, check, numeric, timestamp, uuid, varchar } from "drizzle-orm/pg-core";
import { databaseTime } from "@/lib/clock";
import { newId } from "@/lib/ids";

/** Primary key: a UUIDv7 made by the application. */
export const id = () => uuid("id").primaryKey().$defaultFn(newId);

export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

export const createdAt = () => instant("created_at").notNull().default(sql`now()`).$defaultFn(databaseTime);

export const updatedAt = () =>
  instant("updated_at")
    .notNull()
    .default(sql`now()`)
    .$onUpdateFn(() => new Date());

/** Money and exact quantities: six decimals, a decimal string in TypeScript. */
export const money = (name: string) => numeric(name, { precision: 18, scale: 6 });

/** Whole cents, as they are charged and printed. */
export const cents = (name: string) => bigint(name, { mode: "bigint" });

export const currency = () => varchar("currency").notNull().default("USD");

/** One currency for now, said on every row that holds money. */
export const onlyDollars = (table: string, column: AnyPgColumn) =>
  check(`${table}_currency_check`, sql`${column} = 'USD'`);

/** Whether a column holds one of these words. */
export const isOneOf = (column: AnyPgColumn, words: readonly string[]): SQL =>
  sql`${column} in (${sql.raw(words.map((word) => `'${word}'`).join(", "))})`;
