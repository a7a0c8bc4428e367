import { IS_WORKED_ON } from "./claim";
import type { EngineDatabase } from "./port";

/**
 * How long something has been due while no process works on anything, in milliseconds: a job that no operator holds, an event
 * that nobody has looked at, a schedule that has not started. 0 while all is well.
 */
export async function readStall(db: EngineDatabase): Promise<number> {
  const [row] = await db.query<{ ms: number | null }>(
    `SELECT greatest(0, extract(epoch FROM now() - least(
       (SELECT min(greatest(j.run_at, j.lease_expires_at)) FROM engine.job j
        WHERE NOT EXISTS (SELECT 1 FROM engine.pause p WHERE j.lane <> '' AND
          (p.kind = 'function' AND p.value = j.function_id OR p.kind = 'key' AND p.value = j.lane))),
       (SELECT min(due_at) FROM engine.event WHERE routed_at IS NULL),
       (SELECT min(next_at) FROM engine.cron)
     )) * 1000)::float8 AS ms
     WHERE NOT EXISTS (SELECT 1 FROM engine.job WHERE ${IS_WORKED_ON})`,
  );
  return row?.ms ?? 0;
}
