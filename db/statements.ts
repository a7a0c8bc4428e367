import type { Tx } from "./access";
import { whyOf } from "./failures";
import { closeEarly, lineOf, prepareToClose, sendClosing } from "./line";
import { writeNow } from "./prepared";

/** A statement that is made, and not sent yet. */
export type Statement<T = unknown> = { execute(): Promise<T> };

type Answers<T extends readonly Statement[]> = {
  -readonly [K in keyof T]: T[K] extends Statement<infer Answer> ? Answer : never;
};

/**
 * Sends statements that do not need each other's answers: at once where the database takes them so, else one after the
 * other. They happen in their order; after one that fails the transaction is void.
 */
export async function together<const T extends readonly Statement[]>(
  tx: Tx,
  statements: T,
): Promise<Answers<T>> {
  const line = lineOf(tx);
  const answers: unknown[] = [];
  if (line?.isPipelined) answers.push(...(await allOf(statements)));
  else for (const statement of statements) answers.push(await statement.execute());
  return answers as Answers<T>;
}

/**
 * The same for the last ones of a transaction: where it can, the commit leaves together with them. Nothing may be sent
 * after them or gathered, and what they give decides nothing that is still to be written.
 */
export async function lastTogether<const T extends readonly Statement[]>(
  tx: Tx,
  statements: T,
): Promise<Answers<T>> {
  const line = lineOf(tx);
  if (line?.isPipelined) {
    await prepareToClose(tx, line);
    line.beforeCommit = statements.length;
  }
  const answers = await together(tx, statements);
  if (line) await sendClosing(tx, line);
  return answers;
}

/**
 * Sends a statement whose answer decides nothing that follows: where the database takes several at once, without waiting
 * for it. When it fails, so does the transaction.
 * @param check looks at the answer, at the latest before the commit; what it throws fails the transaction
 */
export async function inPassing<T>(
  tx: Tx,
  statement: Statement<T>,
  check?: (answer: T) => void,
): Promise<void> {
  const line = lineOf(tx);
  const checked = statement.execute().then((answer) => check?.(answer));
  if (!line?.isPipelined || line.savepoints > 0) return checked;
  if (check) line.checks.push(checked);
  line.passing.push(
    checked.catch((error: unknown) => {
      line.failure = whyOf([line.failure, error]);
    }),
  );
}

/** Waits for the answers that are looked at of what was sent in passing. @throws what a look throws, or a statement */
export async function passed(tx: Tx): Promise<void> {
  const line = lineOf(tx);
  if (line) await Promise.all(line.checks);
}

/**
 * Sends what is done last, where nothing more is sent by this transaction or gathered: one that is alone at what it locks
 * last does not wait for its answers to send that.
 */
export async function sendLast(tx: Tx): Promise<void> {
  const line = lineOf(tx);
  if (line) await closeEarly(tx, line);
}

/** Has this done when the transaction comes to nothing: what was begun on the strength of it is taken back. */
export function ifUndone(tx: Tx, undo: () => void): void {
  const line = lineOf(tx);
  if (!line) throw new Error("there is no open transaction to watch");
  line.undoing.push(undo);
}

/** Lets what was sent of a transaction be begun, where it would wait for what this turn of the event loop still sends. */
export function sendNow(tx: Tx): void {
  const line = lineOf(tx);
  if (line?.isPipelined) writeNow(line.client);
}

/** Does work within which a statement that fails is answered for at once, wherever it was sent. */
export async function answeringEach<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  const line = lineOf(tx);
  if (!line) return work();
  line.savepoints += 1;
  return work().finally(() => {
    line.savepoints -= 1;
  });
}

/**
 * Does the same for each of several things whose statements are independent of each other: side by side where the
 * database takes several at once, else one after the other. Not for work that makes a savepoint.
 */
export async function eachTogether<Item, Result>(
  tx: Tx,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  if (lineOf(tx)?.isPipelined) return allOf(items.map((item) => ({ execute: () => work(item) })));
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Waits for all, whatever becomes of one: none is left under way behind a rollback. */
async function allOf<T>(statements: readonly Statement<T>[]): Promise<T[]> {
  const ends = await Promise.allSettled(statements.map((statement) => statement.execute()));
  const errors = ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
  if (errors.length > 0) throw whyOf(errors);
  return ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
}
