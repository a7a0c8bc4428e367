import type { EngineOptions } from "./options";

/** Carries the id of an engine that has stored work. */
const CHANNEL = "engine_wake";

type Connected = Pick<EngineOptions, "db" | "log">;

/** Tells the engines of other processes on the database that there is work. */
export async function wakeOthers({ db }: Connected, id: string): Promise<void> {
  await db.query("SELECT pg_notify($1, $2)", [CHANNEL, id]);
}

/**
 * From now on calls `wake` when the engine of another process has stored work, and when that may have been missed. Without
 * notifications, as behind some connection poolers, such work is found at the backstop.
 * @returns ends that; nothing where the database cannot be listened to
 */
export async function listenToOthers(
  { db, log }: Connected,
  id: string,
  wake: () => void,
): Promise<(() => Promise<void>) | undefined> {
  const heard = (sender: string) => {
    if (sender !== id) wake();
  };
  try {
    return await db.listen(CHANNEL, { heard, began: wake });
  } catch (error) {
    log.warn({ err: error }, "the database cannot be listened to: events of other processes come late");
    return undefined;
  }
}
