import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { enginePort } from "@/db/engine-port";
import { log } from "@/lib/log";
import { abortCalls, announceChange, lookAfterCalls } from "./live";

/** Carries the ids of runs that ended before their work was done. */
const CHANNEL = "run_ended";

/** Lets every process on the database know, at the commit, that nothing more is to be done for a run. */
export async function announceEnd(tx: Tx, executionId: string): Promise<void> {
  await tx.execute(sql`select pg_notify(${CHANNEL}, ${executionId})`);
}

const holder = globalThis as { hirebuddhaEndListener?: Promise<void> | undefined };

/**
 * From now on aborts what this process does for runs that are ended by another. Without notifications, as behind some
 * connection poolers, a step finds out by looking.
 */
export function listenForEnds(): void {
  holder.hirebuddhaEndListener ??= listen().catch((error: unknown) => {
    holder.hirebuddhaEndListener = undefined;
    log.warn({ err: error }, "the database cannot be listened to: cancels by other processes come late");
  });
}

async function listen(): Promise<void> {
  const port = await enginePort();
  const heard = (executionId: string) => {
    abortCalls(executionId);
    announceChange(executionId);
  };
  const stop = await port.listen(CHANNEL, { heard, began: lookAfterCalls });
  port.beforeClose(async () => {
    holder.hirebuddhaEndListener = undefined;
    await stop();
  });
}
