import { vi } from "vitest";
import { asSystem, type Tx } from "@/db/access";
import { database } from "@/db/pool";

/**
 * Leaves a transaction open behind `hold`, begins one thing after the other, each once all before it wait for a lock, and
 * looks at how things stand then. Then it commits, and what was begun goes on in its order. Gives what came of each. Only
 * on a server: PGlite has one connection.
 */
export async function whileHeld(
  hold: (tx: Tx) => Promise<unknown>,
  begun: readonly (() => Promise<unknown>)[],
  look: () => Promise<unknown> = async () => undefined,
): Promise<unknown[]> {
  const held = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const holder = asSystem("test", async (tx) => {
    await hold(tx);
    held.resolve();
    await over.promise;
  });
  holder.catch(held.reject);
  await held.promise;
  const ends: Promise<unknown>[] = [];
  try {
    for (const begin of begun) {
      const end = begin();
      end.catch(() => undefined);
      ends.push(end);
      await vi.waitUntil(async () => (await waiting()) >= ends.length, { timeout: 60_000 });
    }
    await look();
  } finally {
    over.resolve();
    await holder;
  }
  return Promise.all(ends);
}

async function waiting(): Promise<number> {
  const { rows } = await (await database()).pool.query<{ count: number }>(
    "select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return rows[0]?.count ?? 0;
}
