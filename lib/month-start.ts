import { sql } from "drizzle-orm";

/** The first instant of this month in UTC, by the database's clock: from here on "this month" is summed. */
export const monthStart = sql`date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'`;
