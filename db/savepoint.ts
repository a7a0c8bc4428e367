import { sql } from "drizzle-orm";
import type { Tx } from "./access";

/** Does some work of an open transaction. When it throws, nothing of it is kept, and the transaction can go on. */
export async function withSavepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await tx.execute(sql`savepoint work`);
  try {
    const result = await work();
    await tx.execute(sql`release savepoint work`);
    return result;
  } catch (error) {
    await tx.execute(sql`rollback to savepoint work`);
    throw error;
  }
}
