import { sql } from "drizzle-orm";
import type { Tx } from "./access";
import { forgetGathered, gatheredOf } from "./gather";
import { answeringEach } from "./statements";

/**
 * Does some work of an open transaction. When it throws, nothing of it is kept, nor what it gathered, and the transaction
 * can go on.
 */
export async function withSavepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await tx.execute(sql`savepoint work`);
  const gathered = gatheredOf(tx);
  try {
    const result = await answeringEach(tx, work);
    await tx.execute(sql`release savepoint work`);
    return result;
  } catch (error) {
    forgetGathered(tx, gathered);
    await tx.execute(sql`rollback to savepoint work`);
    throw error;
  }
}
