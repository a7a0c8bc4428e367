import { sql } from "drizzle-orm";

/** Whichever comes: what can be done nothing about, or fails each time, keeps nothing waiting for good. */
export const IN_ANY_ORDER = sql`random()`;
