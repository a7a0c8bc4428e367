import { Cron } from "croner";
import { createRun } from "./lifecycle";
import { databaseNow, type EngineDatabase, type Query, transact } from "./port";
import { INTERNAL_EVENTS } from "./protocol";
import type { Tx } from "./run";

/** The next time of a cron expression, which may start with `TZ=Area/City`; throws when it is malformed. */
export function nextTick(expression: string, after: Date): Date | null {
  const [, timezone = "UTC", pattern = ""] = /^(?:(?:CRON_)?TZ=(\S+)\s+)?(.+)$/.exec(expression.trim()) ?? [];
  return new Cron(pattern, { timezone, paused: true }).nextRun(after);
}

/** Makes the stored schedules those of the functions: new ones start, dropped ones stop, known ones keep time. */
export async function syncCrons(db: EngineDatabase, functions: Tx["functions"]): Promise<void> {
  const now = await databaseNow(db.query);
  const wanted = [...functions.values()].flatMap((spec) =>
    spec.crons.flatMap((expression) => {
      const next = nextTick(expression, now);
      return next ? [{ functionId: spec.id, expression, next }] : [];
    }),
  );
  await transact(db, async (query) => {
    await query(
      `DELETE FROM engine.cron c WHERE NOT EXISTS (
         SELECT 1 FROM unnest($1::text[], $2::text[]) AS w (id, expression)
         WHERE w.id = c.function_id AND w.expression = c.expression)`,
      [wanted.map((row) => row.functionId), wanted.map((row) => row.expression)],
    );
    for (const row of wanted) {
      await query(
        "INSERT INTO engine.cron (function_id, expression, next_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [row.functionId, row.expression, row.next],
      );
    }
  });
}

/**
 * Starts the runs whose time has come. A time missed while nothing ran is made up for once, not once a tick; so is one
 * that comes while the run of an earlier one has not begun, since its function is paused or busy.
 */
export async function runDueCrons(db: EngineDatabase, functions: Tx["functions"]): Promise<void> {
  await transact(db, async (query) => {
    const tx: Tx = { query, functions, storedEvents: false };
    const due = await query<{ functionId: string; expression: string; nextAt: Date; now: Date }>(
      `SELECT function_id AS "functionId", expression, next_at AS "nextAt", now() FROM engine.cron
       WHERE next_at <= now() ORDER BY next_at FOR UPDATE SKIP LOCKED`,
    );
    for (const row of due) {
      const spec = functions.get(row.functionId);
      if (!spec) continue;
      const at = new Date(row.nextAt);
      if (!(await isInLine(query, row)))
        await createRun(tx, spec, {
          id: `cron:${row.functionId}:${row.expression}:${at.toISOString()}`,
          name: INTERNAL_EVENTS.cron,
          data: { cron: row.expression },
          ts: at.getTime(),
        });
      await query("UPDATE engine.cron SET next_at = $3 WHERE function_id = $1 AND expression = $2", [
        row.functionId,
        row.expression,
        nextTick(row.expression, new Date(row.now)) ?? "infinity",
      ]);
    }
  });
}

/** Whether a run of the schedule has not begun. What it does is done after now, and so for this tick too. */
async function isInLine(
  query: Query,
  { functionId, expression }: { functionId: string; expression: string },
): Promise<boolean> {
  const found = await query(
    `SELECT 1 FROM engine.run WHERE status = 'queued' AND function_id = $1
       AND event->>'name' = $2 AND event->'data'->>'cron' = $3 LIMIT 1`,
    [functionId, INTERNAL_EVENTS.cron, expression],
  );
  return found.length > 0;
}

const CORRECT_EVERY_MS = 10_000;

/** Corrects the schedules, every ten seconds however often it is asked to. */
export function cronCorrection(): typeof correctCrons {
  let last = Number.NEGATIVE_INFINITY;
  return async (db, functions) => {
    if (performance.now() - last < CORRECT_EVERY_MS) return;
    last = performance.now();
    await correctCrons(db, functions);
  };
}

/**
 * Brings forward what was put off while the database's clock was ahead: until then nothing would happen. One tick further than
 * the next is left alone, since another process may have started that just now.
 */
async function correctCrons(db: EngineDatabase, functions: Tx["functions"]): Promise<void> {
  const now = await databaseNow(db.query);
  const rows = [...functions.values()].flatMap((spec) =>
    spec.crons.flatMap((expression) => {
      const next = nextTick(expression, now);
      const second = next && nextTick(expression, next);
      return second ? [{ functionId: spec.id, expression, next, second }] : [];
    }),
  );
  await db.query(
    `UPDATE engine.cron c SET next_at = w.next
     FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[]) AS w (id, expression, next, second)
     WHERE c.function_id = w.id AND c.expression = w.expression AND c.next_at > w.second`,
    [
      rows.map((row) => row.functionId),
      rows.map((row) => row.expression),
      rows.map((row) => row.next.toISOString()),
      rows.map((row) => row.second.toISOString()),
    ],
  );
}
