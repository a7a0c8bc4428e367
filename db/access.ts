import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type { Pool, PoolClient } from "pg";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { log } from "@/lib/log";
import {
  describeOutage,
  isConflict,
  isConnectionLoss,
  isReadOnly,
  isSilence,
  sqlState,
  whyOf,
  withoutValues,
} from "./failures";
import { startGathering } from "./gather";
import {
  closed,
  type Line,
  leaveLanes,
  newLine,
  onLine,
  registerLine,
  restart,
  sendClosing,
  tellClosed,
} from "./line";
import { ROLES, type RoleKey } from "./policies";
import { type Database, database } from "./pool";
import { inOneWrite, isStalePlan, preparing } from "./prepared";
import type { PartnerScope, PlatformScope, TenantScope } from "./scope";

/** An open transaction, already narrowed to a role and a tenant or partner. */
export type Tx = NodePgDatabase<Record<string, never>>;

type Settings = Readonly<Record<string, string | null>>;

export type TransactionOptions = {
  /** How long one statement may take; 15 seconds unless told. The driver waits for 30. */
  statementMs?: number;
  /** It tells that this process is still at something, on a connection that is kept for that. */
  isSignOfLife?: boolean;
};

const inside = new AsyncLocalStorage<string | undefined>();

const STATEMENT_TIMEOUT_MS = 15_000;
const LOCK_TIMEOUT_MS = 5_000;
const MAX_TRIES = 3;
/** Of a transaction that others stood in the way of. It wrote nothing, and the next try finds them elsewhere. */
const MAX_TRIES_IN_CONFLICT = 8;
const CONFLICT_PAUSE_MS = 10;

/** Whether the caller runs inside a transaction: the network must not be waited for there. */
export function isInsideTransaction(): boolean {
  return inside.getStore() !== undefined;
}

/**
 * Begins something that has nothing to do with the transaction that is open here, which must not wait for it: it may need
 * a connection of its own, while the transaction keeps one.
 */
export function apartFromTransaction<T>(work: () => T): T {
  return inside.run(undefined, work);
}

function beginSql(role: RoleKey, settings: Settings, statementMs = STATEMENT_TIMEOUT_MS): string {
  // One message: begin, role, settings. The ids are checked, so they may stand in the text.
  const ids = Object.entries(settings).map(([name, value]) => {
    if (value !== null && !isId(value)) throw new AppError("not_found");
    return `set local ${name} = '${value ?? ""}'`;
  });
  return [
    "begin",
    `set local role ${ROLES[role]}`,
    ...ids,
    `set local statement_timeout = ${statementMs}`,
    `set local lock_timeout = ${LOCK_TIMEOUT_MS}`,
    // Compiling a statement that takes a millisecond takes PostgreSQL a hundred.
    "set local jit = off",
    `set local idle_in_transaction_session_timeout = ${STATEMENT_TIMEOUT_MS}`,
  ].join("; ");
}

async function rollBack(client: PoolClient, error: unknown): Promise<void> {
  // Behind a query without an answer a rollback would have none either.
  if (isSilence(error)) return client.release(true);
  try {
    await client.query("rollback");
    client.release(isReadOnly(error) || isStalePlan(sqlState(error), error));
  } catch (failure) {
    // The connection is broken: give it back as broken, so that it is not used again.
    client.release(failure instanceof Error ? failure : true);
  }
}

/** Thrown where it is certain that nothing was written: the transaction may run again. */
class LostBeforeCommit extends Error {}

type Handle = { readonly tx: Tx; readonly line: Line };

const handles = new WeakMap<PoolClient, Map<RoleKey, Handle>>();

/** Drizzle over a connection, made once for each role. */
function handleOf(
  client: PoolClient,
  role: RoleKey,
  { isPrepared, isPipelined }: Pick<Database, "isPrepared" | "isPipelined">,
): Handle {
  const own = handles.get(client) ?? new Map<RoleKey, Handle>();
  handles.set(client, own);
  const known = own.get(role);
  if (known) return known;
  const line = newLine(client, isPrepared ? preparing(client, role) : client, isPipelined);
  const made = { tx: drizzle(onLine(line) as PoolClient), line };
  own.set(role, made);
  registerLine(made.tx, line);
  return made;
}

async function attempt<T>(
  pool: Pool,
  { isPipelined, isPrepared }: Database,
  role: RoleKey,
  begin: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  const { tx, line } = handleOf(client, role, { isPrepared, isPipelined });
  let result: T;
  restart(line);
  startGathering(tx);
  try {
    if (isPipelined) inOneWrite(client);
    const begun = client.query(begin);
    // On its way together with the first statement: should it fail, the transaction is void and so is what follows.
    if (isPipelined) begun.catch(() => undefined);
    else await begun;
    result = await inside.run(role, () => work(tx));
    await begun;
    await sendClosing(tx, line);
    await closed(line);
  } catch (thrown) {
    const isCommitting = line.commit !== null;
    for (const undo of line.undoing) undo();
    await Promise.all(line.passing);
    const error = whyOf([line.failure, thrown]);
    await rollBack(client, error);
    if (!isCommitting && isConnectionLoss(error))
      throw new LostBeforeCommit("the connection was lost", { cause: error });
    throw error;
  } finally {
    leaveLanes(line);
  }
  const { closings, answers } = line;
  client.release();
  await tellClosed({ closings, answers });
  return result;
}

async function open<T>(
  role: RoleKey,
  settings: Settings,
  work: (tx: Tx) => Promise<T>,
  { statementMs, isSignOfLife = false }: TransactionOptions = {},
): Promise<T> {
  const outer = inside.getStore();
  if (outer)
    throw new Error(`a ${role} transaction was opened inside a ${outer} transaction: pass the open one on`);
  const begin = beginSql(role, settings, statementMs);
  for (let tries = 1; ; tries += 1) {
    const target = await database();
    try {
      return await attempt(isSignOfLife ? target.signsOfLife : target.pool, target, role, begin, work);
    } catch (error) {
      const failure = error instanceof LostBeforeCommit ? error.cause : error;
      const hasConflict = isConflict(failure);
      const wroteNothing = isReadOnly(failure) || isStalePlan(sqlState(failure), failure);
      const mayRunAgain = failure !== error || hasConflict || wroteNothing;
      const most = hasConflict ? MAX_TRIES_IN_CONFLICT : MAX_TRIES;
      if (tries >= most || !mayRunAgain) throw describeOutage(withoutValues(failure));
      // Those that met once would meet again at the same place.
      if (hasConflict) await sleep(Math.random() * CONFLICT_PAUSE_MS * tries);
      log.info({ sqlState: sqlState(failure), tries }, "a transaction is tried again");
    }
  }
}

function tenantSettings(scope: TenantScope): Settings {
  return { "app.tenant_id": scope.tenantId, "app.partner_id": null };
}

/** A transaction that sees one tenant: its consoles and its API. */
export function asTenant<T>(scope: TenantScope, work: (tx: Tx) => Promise<T>): Promise<T> {
  return open("tenant", tenantSettings(scope), work);
}

/**
 * A transaction for the work done on a tenant's behalf (runs, ingestion, metering): as narrow as `asTenant`, and it may
 * also read the prices in force for this tenant and write its ledger.
 */
export function asWorker<T>(
  scope: TenantScope,
  work: (tx: Tx) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  return open("worker", tenantSettings(scope), work, options);
}

/** A transaction that sees one partner's customers, prices and money; never prompts, documents or run payloads. */
export function asPartner<T>(scope: PartnerScope, work: (tx: Tx) => Promise<T>): Promise<T> {
  const settings = {
    "app.tenant_id": null,
    "app.partner_id": scope.partnerId,
    "app.partner_home_id": scope.homeTenantId,
  };
  return open("partner", settings, work);
}

/** A transaction of an app admin, over all tenants. */
export function asPlatform<T>(
  _scope: PlatformScope,
  work: (tx: Tx) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  return open("platform", {}, work, options);
}

/**
 * A transaction before anybody is known: sign-in, links from mail, sweeps, webhooks.
 * @param reason names the caller; the callers are an allow-list in `lib/architecture.test.ts`
 */
export function asSystem<T>(
  reason: string,
  work: (tx: Tx) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  log.debug({ reason }, "system transaction");
  return open("system", {}, work, options);
}

/** Whether an error is a unique violation, optionally of the named constraint or index. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (sqlState(error) !== "23505") return false;
  if (!constraint) return true;
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("constraint" in at && at.constraint === constraint) return true;
  }
  return false;
}
