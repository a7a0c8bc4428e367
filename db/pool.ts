import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import { Pool as NeonPool, neonConfig } from "@neondatabase/serverless";
import { Client, type ClientConfig, Pool, type PoolConfig } from "pg";
import { WebSocket } from "ws";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { lockDataDir } from "./data-folder";
import { openPglite } from "./embedded";
import { keepTended } from "./upkeep";

/** An open database. `pglite` is there when it runs inside this process. */
export type Database = {
  pool: Pool;
  /** Kept apart for signs of life, which come too late where they wait for a connection with everything else. */
  signsOfLife: Pool;
  pglite: PGlite | null;
  connectionString: string | null;
  /** Several statements may be on their way to it at once, each answered in turn. */
  isPipelined: boolean;
  /** Statements that come again and again are prepared on each connection. */
  isPrepared: boolean;
  /** Opens it once more for work that may take any time; null where nothing gives up waiting anyway. */
  patient: (() => Database) | null;
  close(): Promise<void>;
};

const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 30_000;
/** One that waits for a row does not keep the others back. */
const MOST_SIGNS = 2;

function watch(pool: Pool): Pool {
  // A broken connection is an event without a listener otherwise, and would end the process: the pool listens to
  // its idle ones only, so each also has a listener of its own. The query under way fails by itself.
  // The error carries the whole connection with its secrets: only its words are logged.
  pool.on("error", ({ message }) => log.warn({ reason: message }, "a database connection was lost"));
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

export type ServerOptions = {
  /** Told from the host when it is not given. */
  driver?: "pg" | "neon" | undefined;
  /** Where Neon's driver finds the WebSocket in front of a database that is not Neon's: `host:port/path`. */
  neonProxy?: string | undefined;
  /** Told from the address when it is not given. */
  prepared?: boolean | undefined;
  /** How long a query may stay without an answer, 0 for any time; 30 seconds unless told. */
  queryTimeoutMs?: number | undefined;
};

/** A pooler that hands out connections by transaction knows nothing of what an earlier one prepared. */
export function hasTransactionPooler(connectionString: string): boolean {
  const { hostname, port, searchParams } = new URL(connectionString);
  const isPoolerHost = /(^|[.-])(pooler|pgbouncer)([.-]|$)/.test(hostname);
  return isPoolerHost || ["6432", "6543"].includes(port) || searchParams.get("pgbouncer") === "true";
}

function isNeon(connectionString: string, driver: ServerOptions["driver"]): boolean {
  return driver ? driver === "neon" : new URL(connectionString).hostname.endsWith(".neon.tech");
}

function neonPool(config: PoolConfig, proxy: string | undefined): Pool {
  neonConfig.webSocketConstructor = WebSocket;
  if (proxy) {
    neonConfig.wsProxy = () => proxy;
    neonConfig.useSecureWebSocket = false;
    neonConfig.pipelineTLS = false;
    neonConfig.pipelineConnect = false;
  }
  // Neon's pool is a subclass of pg's with the same interface; its bundled types are a copy of an older pg.
  return new NeonPool(config as ConstructorParameters<typeof NeonPool>[0]) as unknown as Pool;
}

/** Opens a database server (PostgreSQL or Neon, told apart by the host). */
export function openServer(connectionString: string, max: number, options: ServerOptions = {}): Database {
  const onNeon = isNeon(connectionString, options.driver);
  const config: PoolConfig & { pipeline?: boolean } = {
    connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: options.queryTimeoutMs ?? QUERY_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: "hirebuddha",
    pipeline: !onNeon,
  };
  const open = (most: number) => {
    const own = { ...config, max: most };
    return watch(onNeon ? neonPool(own, options.neonProxy) : new Pool(own));
  };
  const [pool, signsOfLife] = [open(max), open(MOST_SIGNS)];
  const isPrepared = options.prepared ?? !hasTransactionPooler(connectionString);
  return {
    pool,
    signsOfLife,
    pglite: null,
    connectionString,
    isPipelined: !onNeon,
    isPrepared,
    patient: () => openServer(connectionString, 1, { ...options, queryTimeoutMs: 0 }),
    close: async () => void (await Promise.all([pool.end(), signsOfLife.end()])),
  };
}

/** The longest that the database keeps everything else of the process waiting, beside a single statement. */
const MOST_BUSY_MS = 10;

/** Messages of the protocol after which the database is ready for the next question: a plain query, and Sync. */
const LAST_OF_QUESTION: ReadonlySet<number | undefined> = new Set([0x51, 0x53]);

/**
 * PGlite works in this process and answers within the same turn of the event loop: work that asks the next question of
 * each answer would let no request, no timer and no other answer through until all of it is done. It gives way between two
 * questions, not within one: whoever is told that a question failed may ask another before the rest of it is sent, and
 * would take its answers for their own.
 */
function givingWay(pglite: PGlite): PGlite {
  let isWithin = false;
  let turnBegan: number | null = null;
  const isLong = () => {
    if (turnBegan !== null) return performance.now() - turnBegan > MOST_BUSY_MS;
    turnBegan = performance.now();
    setImmediate(() => {
      turnBegan = null;
    });
    return false;
  };
  type Ask = PGlite["execProtocolStream"];
  const ask: Ask = async (message, options) => {
    const isFirst = !isWithin;
    isWithin = !LAST_OF_QUESTION.has(message[0]);
    if (isFirst && isLong()) await new Promise((resolve) => setImmediate(resolve));
    return pglite.execProtocolStream(message, options);
  };
  // One after the other, also for two connections: PGlite keeps its answer in one place until it is given.
  let before: Promise<unknown> = Promise.resolve();
  const execProtocolStream: Ask = (message, options) => {
    const answer = before.then(() => ask(message, options));
    before = answer.catch(() => undefined);
    return answer;
  };
  return Object.assign(Object.create(pglite) as PGlite, { execProtocolStream });
}

/**
 * A client on a connection of its own: what is still answered to one that was given up reaches no other. Drizzle gives
 * each query its own type parsers, which PGlite's wire adapter takes for a list of parameter types and fails on. Only a
 * real list may reach it; the parsers work on the answer and stay with `pg`.
 */
function clientOf(pglite: PGlite): typeof Client {
  return class extends Client {
    constructor(config?: ClientConfig) {
      const own = createPgConfig(pglite);
      const { connection } = own;
      const parse = connection.parse.bind(connection);
      connection.parse = (query: { types?: unknown }) =>
        parse(Array.isArray(query.types) ? query : { ...query, types: undefined });
      super(Object.assign({}, config, own));
    }
  };
}

/** Ends what a client that was given up has left in the one session: its transaction, and what it prepared. */
const begunAnew: PoolConfig["verify"] = (client, done) => {
  const begin = async () => {
    await client.query("rollback");
    await client.query("deallocate all");
  };
  begin().then(() => done(), done);
};

/** Puts the `pg` interface in front of a PGlite: one connection, so transactions queue. */
export function wrapPglite(pglite: PGlite, onClose: () => void = () => {}): Database {
  const own = { Client: clientOf(givingWay(pglite)), verify: begunAnew };
  const pool = watch(new Pool({ ...own, max: 1, idleTimeoutMillis: 0 }));
  return {
    pool,
    // There is one connection: who waits for it waits for work of this process.
    signsOfLife: pool,
    pglite,
    connectionString: null,
    isPipelined: false,
    isPrepared: true,
    patient: null,
    close: async () => {
      await pool.end();
      await pglite.close();
      onClose();
    },
  };
}

async function openEmbedded(): Promise<Database> {
  const unlock = lockDataDir(env().DATA_DIR);
  try {
    const opened = wrapPglite(await openPglite(join(env().DATA_DIR, "db")), unlock);
    const stopTending = keepTended(opened.pool);
    return {
      ...opened,
      close: async () => {
        await stopTending();
        await opened.close();
      },
    };
  } catch (cause) {
    unlock();
    throw new Error(
      `The database in the data folder ${env().DATA_DIR} cannot be opened: the disk is full, or the folder was not copied whole or from a running process.`,
      { cause },
    );
  }
}

// Next bundles pages, routes and instrumentation apart: the one database of the process lives on globalThis.
const holder = globalThis as {
  hirebuddhaDatabase?: Promise<Database> | undefined;
  hirebuddhaBeforeClose?: (() => Promise<void>)[];
};

/** The database of this process, opened on first use. */
export function database(): Promise<Database> {
  if (!holder.hirebuddhaDatabase) {
    const url = env().DATABASE_URL;
    const opening = url
      ? Promise.resolve(
          openServer(url, env().DATABASE_POOL, {
            driver: env().DATABASE_DRIVER,
            neonProxy: env().NEON_WS_PROXY,
            prepared: env().DATABASE_PREPARE && env().DATABASE_PREPARE === "on",
          }),
        )
      : openEmbedded();
    holder.hirebuddhaDatabase = opening;
    opening.catch(() => {
      holder.hirebuddhaDatabase = undefined;
    });
  }
  return holder.hirebuddhaDatabase;
}

/** Makes `next` the database of this process (tests, scripts). */
export function setDatabase(next: Database | null): void {
  holder.hirebuddhaDatabase = next ? Promise.resolve(next) : undefined;
}

/** Runs once, before the database of this process is closed: what holds a connection of its own gives it back there. */
export function beforeClose(work: () => Promise<void>): void {
  holder.hirebuddhaBeforeClose ??= [];
  holder.hirebuddhaBeforeClose.push(work);
}

export async function closeDatabase(): Promise<void> {
  for (const work of holder.hirebuddhaBeforeClose?.splice(0) ?? []) await work();
  const open = holder.hirebuddhaDatabase;
  holder.hirebuddhaDatabase = undefined;
  await (await open)?.close();
}
