import { createHash } from "node:crypto";
import type { Writable } from "node:stream";
import type { PoolClient, QueryConfig, QueryResult } from "pg";
import { log } from "@/lib/log";

/** What sends a statement: a connection, or one that names what it prepares. */
export type Sender = { query(query: string | QueryConfig, values?: unknown[]): Promise<QueryResult> };

/** Each prepared statement holds memory on every connection: only so many get a name, for good. */
const MOST_PREPARED = 250;
/** Statements whose text varies, such as lists of ids, are seen once or twice and never prepared. */
const SIGHTINGS = 3;
const MOST_SIGHTED = 2_000;
/** The plan of a search by distance depends on what is searched for. */
const PLANNED_EACH_TIME = /<=>/;

let isStopped = false;

type Texts = { readonly names: Map<string, string>; readonly sightings: Map<string, number> };

/** Of each role, by the text alone: the texts are long, and one that is sent again and again is the same string. */
const texts = new Map<string, Texts>();
let named = 0;

function textsOf(role: string): Texts {
  const known = texts.get(role) ?? { names: new Map(), sightings: new Map() };
  texts.set(role, known);
  return known;
}

/**
 * The name under which a statement is prepared; undefined while it is not. `role` is part of it, because row policies
 * make the plan another one for each role.
 */
export function preparedName(role: string, text: string): string | undefined {
  if (isStopped) return undefined;
  const { names, sightings } = textsOf(role);
  const known = names.get(text);
  if (known || named >= MOST_PREPARED || PLANNED_EACH_TIME.test(text)) return known;
  const seen = (sightings.get(text) ?? 0) + 1;
  if (seen < SIGHTINGS) {
    if (sightings.size >= MOST_SIGHTED) sightings.clear();
    sightings.set(text, seen);
    return undefined;
  }
  sightings.delete(text);
  // Of its text, not a number: a server bundles this module more than once, over one set of connections.
  const name = `hb_${createHash("sha256").update(`${role}:${text}`).digest("base64url").slice(0, 24)}`;
  names.set(text, name);
  named += 1;
  return name;
}

/** What is sent in one go of the event loop leaves in one write: a write costs more than a statement. */
export function inOneWrite(client: PoolClient): void {
  const stream = streamOf(client);
  if (!stream?.cork) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** What was sent so far leaves now, so that the database is at it while the rest is put together. */
export function writeNow(client: PoolClient): void {
  const stream = streamOf(client);
  for (let corked = stream?.writableCorked ?? 0; corked > 0; corked -= 1) stream?.uncork();
}

function streamOf(client: PoolClient): Writable | undefined {
  return (client as unknown as { connection?: { stream?: Writable } }).connection?.stream;
}

/** A connection that prepares what comes again and again, so that PostgreSQL parses and plans it once. */
export function preparing(client: PoolClient, role: string): Sender {
  return {
    query: (query, values) => {
      const config = typeof query === "string" ? { text: query } : query;
      const hasValues = (values ?? config.values ?? []).length > 0;
      const name = hasValues ? preparedName(role, config.text) : undefined;
      return client.query(name ? { ...config, name } : config, values);
    },
  };
}

/**
 * Whether an error says that the connection and its server disagree on what is prepared: a table changed under a plan,
 * or a pooler gave us another connection, and then nothing is prepared any more. The transaction left nothing behind,
 * so it may run again; its connection may not.
 */
export function isStalePlan(sqlState: string | undefined, error: unknown): boolean {
  if (sqlState === "26000" || sqlState === "42P05") {
    if (!isStopped)
      log.warn({ sqlState }, "a pooler is in front of the database: statements are not prepared");
    isStopped = true;
    return true;
  }
  return (
    sqlState === "0A000" && error instanceof Error && /cached plan/.test(`${error.message} ${error.cause}`)
  );
}
