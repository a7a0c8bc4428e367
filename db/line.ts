import type { PoolClient, QueryResult } from "pg";
import type { Tx } from "./access";
import { type Closing, closingsOf, enterLane, hasLanesToItself } from "./gather";
import { inOneWrite, type Sender } from "./prepared";

/** What a transaction knows of its connection while it is open. */
export type Line = {
  readonly client: PoolClient;
  readonly isPipelined: boolean;
  /** Sends without being watched. */
  readonly sender: Sender;
  /** Statements that are still to be sent before the commit goes behind them. */
  beforeCommit: number;
  /** What was gathered, once nothing more can be. */
  closings: Closing[] | null;
  answers: Promise<QueryResult>[];
  leaving: (() => void)[];
  commit: Promise<QueryResult> | null;
  /** Inside a savepoint a statement that fails is to fail there. */
  savepoints: number;
  /** Statements whose answers nobody waits for; they never fail. */
  passing: Promise<void>[];
  /** Looks at answers that nobody waited for, to be had before the commit. */
  checks: Promise<void>[];
  /** Told when the transaction came to nothing. */
  undoing: (() => void)[];
  /** Why a statement failed whose answer nobody waited for, or was not as it has to be. */
  failure: unknown;
};

const lines = new WeakMap<Tx, Line>();

export function registerLine(tx: Tx, line: Line): void {
  lines.set(tx, line);
}

/** The connection that a transaction is on; undefined for a handle that `db/access` did not make. */
export function lineOf(tx: Tx): Line | undefined {
  return lines.get(tx);
}

export function newLine(client: PoolClient, sender: Sender, isPipelined: boolean): Line {
  const start = { beforeCommit: 0, closings: null, answers: [], leaving: [], commit: null };
  const none = { savepoints: 0, passing: [], checks: [], undoing: [], failure: null };
  return { client, sender, isPipelined, ...start, ...none };
}

export function restart(line: Line): void {
  line.beforeCommit = 0;
  line.closings = null;
  line.answers = [];
  line.leaving = [];
  line.commit = null;
  line.savepoints = 0;
  line.passing = [];
  line.checks = [];
  line.undoing = [];
  line.failure = null;
}

/** From now on nothing more is gathered, and there is room for what was. */
export async function prepareToClose(tx: Tx, line: Line): Promise<void> {
  await Promise.all(line.checks);
  if (!line.closings) await enterLanes(tx, line);
}

async function enterLanes(tx: Tx, line: Line): Promise<void> {
  line.closings = closingsOf(tx);
  for (const { lane } of line.closings) if (lane) line.leaving.push(await enterLane(lane));
}

/**
 * Sends what was gathered before the answers are there that the commit waits for, where nobody else of this process is
 * about to lock the same: it stays locked an answer longer, and the transaction is over that much sooner.
 */
export async function closeEarly(tx: Tx, line: Line): Promise<void> {
  if (!line.isPipelined || line.closings || !hasLanesToItself(tx)) return;
  await enterLanes(tx, line);
  inOneWrite(line.client);
  sendGathered(line);
}

function sendGathered(line: Line): void {
  for (const closing of line.closings?.slice(line.answers.length) ?? []) {
    const answer = closing.send(line.sender);
    // Asked for once the commit is answered; until then none is left unheard.
    answer.catch(() => undefined);
    line.answers.push(answer);
  }
}

/** Sends what was gathered and the commit behind it, at once. */
function sendCommit(line: Line): void {
  inOneWrite(line.client);
  sendGathered(line);
  line.commit = line.client.query("commit");
  line.commit.catch(() => undefined);
}

/** The same, one after the other where the database takes no more at once. */
export async function sendClosing(tx: Tx, line: Line): Promise<void> {
  if (line.commit) return;
  await prepareToClose(tx, line);
  if (line.isPipelined) return sendCommit(line);
  for (const closing of line.closings ?? [])
    line.answers.push(Promise.resolve(await closing.send(line.sender)));
  line.commit = line.client.query("commit");
}

/** Waits for the commit. A transaction that a failed statement left void answers it with a rollback. */
export async function closed(line: Line): Promise<void> {
  const [end] = await Promise.allSettled([line.commit]);
  await Promise.all(line.answers);
  if (end.status === "rejected") throw end.reason;
  if (end.value?.command === "ROLLBACK") throw new Error("a statement failed, so nothing was written");
}

/** Tells those that gathered what came of it. */
export async function tellClosed({ closings, answers }: Pick<Line, "closings" | "answers">): Promise<void> {
  const results = await Promise.all(answers);
  for (const [at, result] of results.entries()) closings?.[at]?.done(result);
}

/** Gives back the room that was taken to close. */
export function leaveLanes(line: Line): void {
  for (const leave of line.leaving.splice(0)) leave();
}

/** Sends for a transaction, and its commit behind the last statement. Nothing goes out behind that. */
export function onLine(line: Line): Sender {
  return {
    query: (query, values) => {
      if (line.commit) throw new Error("a statement came after the last of its transaction");
      if (line.isPipelined) inOneWrite(line.client);
      const answer = line.sender.query(query, values);
      if (line.beforeCommit > 0) {
        line.beforeCommit -= 1;
        if (line.beforeCommit === 0) sendCommit(line);
      }
      return answer;
    },
  };
}
