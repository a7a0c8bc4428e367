import { hostname } from "node:os";
import { BLOCKED_MS, type LoopFigures, LoopWatch } from "./loop-watch";
import type { EngineDatabase, EngineLog } from "./port";

/** A process that works on the database, as it last told of itself. */
export interface EngineProcess {
  id: string;
  /** Its machine and its number there. */
  name: string;
  startedAt: Date;
  /** How long nobody has heard of it. */
  silentMs: number;
  /** Share of the time in which its thread computed, from 0 to 1. */
  busy: number;
  /** The last time it computed a second or more without a pause; null when it never has. */
  blockedMs: number | null;
  blockedAt: Date | null;
}

/** A process tells of itself this often, and one with short leases as often as it renews them. */
const EVERY_MS = 10_000;
/** One that died without a word is shown for so long. */
const SHOWN = "10 minutes";

/** A process that tells of itself until it ends in order. */
export interface Life {
  end(): Promise<void>;
}

/** Notes that this process lives and how its thread does, now and from time to time. */
export function startLife(
  id: string,
  {
    db,
    log,
    exclusive,
    leaseMs,
  }: { db: EngineDatabase; log: EngineLog; exclusive: boolean; leaseMs: number },
): Life {
  const loop = new LoopWatch(log);
  const forget = (which: string, params: unknown[]) =>
    db.query(`DELETE FROM engine.process WHERE ${which}`, params);
  const failed = (error: unknown) => log.warn({ err: error }, "the process could not tell that it lives");
  const tell = () => note(db, id, loop.take()).catch(failed);
  let told = forget(`$1 OR seen_at < now() - interval '${SHOWN}'`, [exclusive]).catch(failed).then(tell);
  const timer = setInterval(
    () => {
      told = told.then(tell);
    },
    Math.min(EVERY_MS, leaseMs / 3),
  );
  return {
    end: async () => {
      clearInterval(timer);
      loop.stop();
      await told;
      await forget("id = $1", [id]).catch(failed);
    },
  };
}

async function note(db: EngineDatabase, id: string, loop: LoopFigures): Promise<void> {
  const blockedMs = loop.longestMs >= BLOCKED_MS ? loop.longestMs : null;
  await db.tell(
    `INSERT INTO engine.process (id, name, busy, blocked_ms, blocked_at)
     VALUES ($1, $2, $3::float8, $4::float8, CASE WHEN $4::float8 IS NULL THEN NULL ELSE now() END)
     ON CONFLICT (id) DO UPDATE SET seen_at = now(), busy = excluded.busy,
       blocked_ms = coalesce(excluded.blocked_ms, engine.process.blocked_ms),
       blocked_at = coalesce(excluded.blocked_at, engine.process.blocked_at)`,
    [id, `${hostname()}:${process.pid}`, loop.busy, blockedMs],
  );
}

/** The processes at work, the latest first; one that was killed stays for ten minutes, silent. */
export function readProcesses(db: EngineDatabase): Promise<EngineProcess[]> {
  return db.query<EngineProcess>(
    `SELECT id, name, started_at AS "startedAt", busy, blocked_ms AS "blockedMs", blocked_at AS "blockedAt",
       (extract(epoch FROM now() - seen_at) * 1000)::float8 AS "silentMs"
     FROM engine.process WHERE seen_at > now() - interval '${SHOWN}' ORDER BY started_at DESC, id`,
  );
}
