import { sql } from "drizzle-orm";
import { numeric, timestamp, uuid } from "drizzle-orm/pg-core";
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
