import { vi } from "vitest";
import { database } from "@/db/pool";

/** Who else wants a row of these waits: `select ... for update`, with the id of whose it is. */
export type Hold = { readonly lock: string; readonly of: string };

/** The wallet of a tenant. */
export const walletOf = ({ tenantId }: { tenantId: string }): Hold => ({
  lock: "select from wallets where tenant_id = $1 for no key update",
  of: tenantId,
});

/**
 * Holds rows, begins one thing after the other, each once all before it wait for a lock, and looks at how things stand
 * then. What was begun goes on in its order once they are free. Gives what came of each. Only on a server: PGlite has one
 * connection.
 */
export async function whileHeld(
  { lock, of }: Hold,
  begun: readonly (() => Promise<unknown>)[],
  look: () => Promise<unknown> = async () => undefined,
): Promise<unknown[]> {
  const client = await (await database()).pool.connect();
  const ends: Promise<unknown>[] = [];
  try {
    await client.query("begin");
    await client.query(lock, [of]);
    for (const begin of begun) {
      const end = begin();
      end.catch(() => undefined);
      ends.push(end);
      await vi.waitUntil(async () => (await waiting()) >= ends.length, { timeout: 60_000 });
    }
    await look();
  } finally {
    await client.query("rollback");
    client.release();
  }
  return Promise.all(ends);
}

/** How many wait for a lock of somebody else. */
export async function waiting(): Promise<number> {
  const { rows } = await (await database()).pool.query<{ count: number }>(
    "select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return rows[0]?.count ?? 0;
}
