/** Rows deleted in one transaction: few enough that nobody waits long for it. */
const BATCH = 5_000;

/**
 * Deletes until nothing is left to delete, however much has come together since the last time.
 * @param deleteSome deletes at most so many rows, in a transaction of its own, and says how many there were
 * @returns how many there were in all
 */
export async function purgeInBatches(deleteSome: (most: number) => Promise<number>): Promise<number> {
  for (let purged = 0; ; ) {
    const deleted = await deleteSome(BATCH);
    purged += deleted;
    if (deleted < BATCH) return purged;
  }
}
