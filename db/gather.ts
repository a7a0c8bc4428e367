import type { SQL } from "drizzle-orm";
import type { QueryResult } from "pg";
import type { Tx } from "./access";
import { filledOnce, type Values } from "./made-once";
import type { Sender } from "./prepared";

/**
 * Work that is collected while a transaction goes on and done by one statement at its very end, on its way together with
 * the commit: what many transactions wait for is locked for the time of that statement and no longer.
 */
export type Gatherer<T> = {
  /** The one statement for everything that was gathered, with places for `values`. */
  statement(): SQL;
  /** What goes into its places. */
  values(items: readonly T[]): Values;
  /** Names what the statement locks: of one name only a few are under way in this process at once. */
  lane?(items: readonly T[]): string;
  /** Told once it is committed, with the rows the statement gave. */
  done?(rows: readonly Record<string, unknown>[], items: readonly T[]): void;
};

type Gathered = { gatherer: Gatherer<unknown>; item: unknown };

const open = new WeakMap<Tx, Gathered[]>();

/** Starts to collect for a transaction; what an earlier try of it left is forgotten. */
export function startGathering(tx: Tx): void {
  open.set(tx, []);
}

/** Adds to what is done with the commit. It fails there when it fails, and with it the whole transaction. */
export function gather<T>(tx: Tx, gatherer: Gatherer<T>, item: T): void {
  const list = open.get(tx);
  if (!list) throw new Error("there is no open transaction to gather for");
  list.push({ gatherer: gatherer as Gatherer<unknown>, item });
}

/** How much was gathered so far. */
export function gatheredOf(tx: Tx): number {
  return open.get(tx)?.length ?? 0;
}

/** Forgets what was gathered since. */
export function forgetGathered(tx: Tx, since: number): void {
  open.get(tx)?.splice(since);
}

export type Closing = {
  send(sender: Sender): Promise<QueryResult>;
  lane: string | undefined;
  done(result: QueryResult): void;
};

/** The statements for what was gathered, in the order in which each kind came first. */
export function closingsOf(tx: Tx): Closing[] {
  const byGatherer = new Map<Gatherer<unknown>, unknown[]>();
  for (const { gatherer, item } of open.get(tx) ?? []) {
    const items = byGatherer.get(gatherer) ?? [];
    byGatherer.set(gatherer, items);
    items.push(item);
  }
  open.delete(tx);
  return [...byGatherer].map(([gatherer, items]) => {
    const { text, params } = filledOnce(tx, gatherer, gatherer.statement, gatherer.values(items));
    return {
      send: (sender) => sender.query(text, params),
      lane: gatherer.lane?.(items),
      done: (result) => gatherer.done?.(result.rows, items),
    };
  });
}

/** One closing of a lane is done and one is next in line: more would only be waited for at the same row, on connections. */
const LANE_WIDTH = 2;

type Lane = { free: number; waiting: (() => void)[] };

const lanes = new Map<string, Lane>();

/** Whether nobody in this process is about to close with what this transaction will lock at its end. */
export function hasLanesToItself(tx: Tx): boolean {
  const byGatherer = Map.groupBy(open.get(tx) ?? [], ({ gatherer }) => gatherer);
  const names = [...byGatherer].map(([gatherer, list]) => gatherer.lane?.(list.map(({ item }) => item)));
  return names.every((name) => name === undefined || !lanes.has(name));
}

/** Waits for room in a lane. @returns gives the room to the next one */
export async function enterLane(name: string): Promise<() => void> {
  const lane = lanes.get(name) ?? { free: LANE_WIDTH, waiting: [] };
  lanes.set(name, lane);
  if (lane.free > 0) lane.free -= 1;
  else await new Promise<void>((resolve) => lane.waiting.push(resolve));
  return () => {
    const next = lane.waiting.shift();
    if (next) return next();
    lane.free += 1;
    if (lane.free === LANE_WIDTH) lanes.delete(name);
  };
}
