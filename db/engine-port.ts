import type { PGlite } from "@electric-sql/pglite";
import { Client, type Notification, type Pool, type PoolClient } from "pg";
import { log } from "@/lib/log";
import { isReadOnly, isSilence, sqlState } from "./failures";
import { beforeClose, database } from "./pool";
import { inOneWrite, isStalePlan, preparing, type Sender } from "./prepared";

type Query = <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>;

/** What the embedded engine needs of a database: its own schema, no row of the product. */
export type EnginePort = {
  query: Query;
  /** The same for a sign of life, on a connection that is kept for those. */
  tell: Query;
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  batch(statements: readonly { sql: string; params?: readonly unknown[] }[]): Promise<unknown[][]>;
  listen(channel: string, listener: Listener): Promise<() => Promise<void>>;
  /** Runs once, before this database is closed. */
  beforeClose(work: () => Promise<void>): void;
};

export type Listener = {
  heard(payload: string): void;
  /** Listening began, for the first time or anew: what was said before that was not heard. */
  began(): void;
};

const CONNECT_TIMEOUT_MS = 5_000;
const RELISTEN_MS = 1_000;

/**
 * A process that stands still in a transaction, or is gone without a word, keeps what it locked from all others no longer
 * than that; and what this process no longer waits for, which is after 30 seconds, is not done all the same.
 */
const BEGIN =
  "begin; set local idle_in_transaction_session_timeout = '15s'; set local statement_timeout = '25s'";

async function listenOnServer(connectionString: string, channel: string, listener: Listener) {
  let isStopped = false;
  let client: Client | undefined;
  const connect = async (): Promise<void> => {
    if (isStopped) return;
    const next = new Client({
      connectionString,
      application_name: "hirebuddha-listen",
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    next.on("notification", (message: Notification) => listener.heard(message.payload ?? ""));
    // Broken or closed, whoever did it: the end of a connection is told once.
    next.on("error", (error) => log.warn({ err: error }, "the listening connection was lost"));
    try {
      await next.connect();
      client = next;
      if (isStopped) return await next.end();
      await next.query(`listen "${channel}"`);
    } catch (error) {
      next.end().catch(() => undefined);
      throw error;
    }
    next.on("end", again);
    listener.began();
  };
  /** For as long as it takes: a restart of the database may last. */
  const again = (): void => {
    if (isStopped) return;
    setTimeout(() => void connect().catch(again), RELISTEN_MS).unref();
  };
  await connect();
  return async () => {
    isStopped = true;
    await client?.end();
  };
}

/** PGlite is told what to listen to past its one connection: nothing of a query may be under way there. */
async function listenHere(pool: Pool, pglite: PGlite, channel: string, listener: Listener) {
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    return work().finally(() => client.release());
  };
  const unlisten = await alone(() => pglite.listen(channel, listener.heard));
  listener.began();
  return () => alone(() => unlisten());
}

function queryOn(sender: Sender): Query {
  return async <Row>(sql: string, params: readonly unknown[] = []) =>
    (await sender.query(sql, [...params])).rows as Row[];
}

/** Begin is on its way together with what follows; should it fail, the transaction is void and so is the rest. */
async function inTransaction<T>(
  pool: Pool,
  isPipelined: boolean,
  work: (client: PoolClient) => Promise<T>,
  /** All statements are on their way once `work` has been called: the commit may follow them at once. */
  isWhole = false,
): Promise<T> {
  const client = await pool.connect();
  try {
    if (isPipelined) inOneWrite(client);
    const begun = client.query(BEGIN);
    if (isPipelined) begun.catch(() => undefined);
    else await begun;
    const working = work(client);
    // After a statement that failed, PostgreSQL takes a commit as a rollback.
    const committed = isWhole ? client.query("commit") : null;
    committed?.catch(() => undefined);
    const result = await working;
    await begun;
    await (committed ?? client.query("commit"));
    client.release();
    return result;
  } catch (error) {
    if (isSilence(error)) {
      client.release(true);
      throw error;
    }
    const isUseless = isReadOnly(error) || isStalePlan(sqlState(error), error);
    await client.query("rollback").then(
      () => client.release(isUseless),
      () => client.release(true),
    );
    throw error;
  }
}

/** The engine's door to the database of this process. */
export async function enginePort(): Promise<EnginePort> {
  const { pool, signsOfLife, pglite, connectionString, isPipelined, isPrepared } = await database();
  const senderOf = (client: PoolClient) => (isPrepared ? preparing(client, "engine") : client);
  const queryIn =
    (own: Pool): Query =>
    async <Row>(sql: string, params: readonly unknown[] = []) => {
      const client = await own.connect();
      try {
        const rows = await queryOn(senderOf(client))<Row>(sql, params);
        client.release();
        return rows;
      } catch (error) {
        client.release(isSilence(error) || isReadOnly(error) || isStalePlan(sqlState(error), error));
        throw error;
      }
    };
  return {
    beforeClose,
    query: queryIn(pool),
    tell: queryIn(signsOfLife),
    transaction: (work) => inTransaction(pool, isPipelined, (client) => work(queryOn(senderOf(client)))),
    batch: (statements) =>
      inTransaction(
        pool,
        isPipelined,
        async (client) => {
          const query = queryOn(senderOf(client));
          const results: unknown[][] = [];
          if (isPipelined)
            return Promise.all(statements.map(({ sql, params }) => query<unknown>(sql, params)));
          for (const { sql, params } of statements) results.push(await query<unknown>(sql, params));
          return results;
        },
        isPipelined,
      ),
    listen: async (channel, listener) => {
      if (pglite) return listenHere(pool, pglite, channel, listener);
      if (!connectionString) throw new Error("this database cannot be listened to");
      return listenOnServer(connectionString, channel, listener);
    },
  };
}
