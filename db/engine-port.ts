import { Client, type Notification, type PoolClient } from "pg";
import { log } from "@/lib/log";
import { database } from "./pool";
import { isStalePlan, preparing, type Sender } from "./prepared";

type Query = <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>;

/** What the embedded engine needs of a database: its own schema, no row of the product. */
export type EnginePort = {
  query: Query;
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
};

async function listenOnServer(
  connectionString: string,
  channel: string,
  onNotify: (payload: string) => void,
) {
  let isStopped = false;
  let client: Client | undefined;
  const connect = async (): Promise<void> => {
    const next = new Client({ connectionString, application_name: "hirebuddha-listen" });
    next.on("notification", (message: Notification) => onNotify(message.payload ?? ""));
    next.on("error", (error) => {
      log.warn({ err: error }, "the listening connection was lost");
      if (!isStopped) setTimeout(() => void connect().catch(() => {}), 1_000).unref();
    });
    await next.connect();
    await next.query(`listen "${channel}"`);
    client = next;
  };
  await connect();
  return async () => {
    isStopped = true;
    await client?.end();
  };
}

function queryOn(sender: Sender): Query {
  return async <Row>(sql: string, params: readonly unknown[] = []) =>
    (await sender.query(sql, [...params])).rows as Row[];
}

function stateOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The engine's door to the database of this process. */
export async function enginePort(): Promise<EnginePort> {
  const { pool, pglite, connectionString, isPipelined, isPrepared } = await database();
  const senderOf = (client: PoolClient) => (isPrepared ? preparing(client, "engine") : client);
  return {
    query: async <Row>(sql: string, params: readonly unknown[] = []) => {
      const client = await pool.connect();
      try {
        return await queryOn(senderOf(client))<Row>(sql, params);
      } finally {
        client.release();
      }
    },
    transaction: async (work) => {
      const client = await pool.connect();
      try {
        const begun = client.query("begin");
        if (isPipelined) begun.catch(() => undefined);
        else await begun;
        const result = await work(queryOn(senderOf(client)));
        await begun;
        await client.query("commit");
        client.release();
        return result;
      } catch (error) {
        const isStale = isStalePlan(stateOf(error), error);
        await client.query("rollback").then(
          () => client.release(isStale),
          () => client.release(true),
        );
        throw error;
      }
    },
    listen: async (channel, onNotify) => {
      if (pglite) return pglite.listen(channel, onNotify);
      if (!connectionString) throw new Error("this database cannot be listened to");
      return listenOnServer(connectionString, channel, onNotify);
    },
  };
}
