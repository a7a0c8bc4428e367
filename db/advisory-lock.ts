import { sql } from "drizzle-orm";
import type { Tx } from "./access";
import { rawOnce } from "./made-once";
import type { Statement } from "./statements";

const lockName = () => sql`select pg_advisory_xact_lock(hashtextextended(${sql.placeholder("name")}, 0))`;

/**
 * The statement that takes the lock of a name, which is held until the transaction ends. What reads behind it has to be a
 * statement of its own to see what whoever held it before has committed.
 */
export function advisoryLock(tx: Tx, name: string): Statement {
  return rawOnce(tx, lockName, lockName, { name });
}
