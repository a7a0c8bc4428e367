import { createHash } from "node:crypto";
import { Client, type PoolClient } from "pg";
import { database } from "@/db/pool";
import { newId } from "@/lib/ids";

/** A statement as it went to the database. */
export type Statement = { text: string; values: unknown[] };

type Query = (this: unknown, query: string | { text: string }, ...more: unknown[]) => unknown;

/**
 * The statements that the work sends, whichever connection they go over. Reading them off the work keeps the floor the
 * same SQL whatever becomes of it.
 */
export async function recordStatements(work: () => Promise<unknown>): Promise<Statement[]> {
  const recorded: Statement[] = [];
  const prototype: { query: Query } = Client.prototype;
  const { query } = prototype;
  prototype.query = function (first, ...more) {
    const text = typeof first === "string" ? first : first.text;
    recorded.push({ text, values: Array.isArray(more[0]) ? more[0] : [] });
    return query.call(this, first, ...more);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
  }
  return recorded;
}

/**
 * Sends statements one after the other on one connection, with nothing around them. Prepared once, as pgbench can do,
 * unless each is to be planned for its own values.
 */
export async function replay(
  client: PoolClient,
  statements: readonly Statement[],
  isPrepared = true,
): Promise<void> {
  for (const { text, values } of statements) {
    if (values.length === 0) await client.query(text);
    else await client.query(isPrepared ? { name: nameOf(text), text, values } : { text, values });
  }
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `bench_${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
  names.set(text, name);
  return name;
}

/** A connection of the pool for as long as the work takes. */
export async function withConnection<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await (await database()).pool.connect();
  try {
    return await work(client);
  } finally {
    client.release();
  }
}

const ID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

/**
 * Makes the statements anew with ids of their own, so that a replay writes new rows: every id in them that is not in
 * `constant` gets a fresh one, the same wherever it stands.
 */
export function withFreshIds(statements: readonly Statement[], constant: ReadonlySet<string>): Statement[] {
  const fresh = new Map<string, string>();
  const replaced = (id: string) => {
    if (constant.has(id)) return id;
    const known = fresh.get(id) ?? newId();
    fresh.set(id, known);
    return known;
  };
  return statements.map(({ text, values }) => ({
    text,
    values: values.map((value) => (typeof value === "string" ? value.replace(ID, replaced) : value)),
  }));
}

/** The ids that stand in both recordings of the same work: those of what it works on, not of what it makes. */
export function idsOfBoth(a: readonly Statement[], b: readonly Statement[]): Set<string> {
  const idsOf = (statements: readonly Statement[]) =>
    new Set(statements.flatMap(({ values }) => values.flatMap((value) => String(value).match(ID) ?? [])));
  const other = idsOf(b);
  return new Set([...idsOf(a)].filter((id) => other.has(id)));
}
