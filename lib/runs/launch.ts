import "server-only";
import { asWorker, type Tx } from "@/db/access";
import { isForeignKeyViolation, sqlState } from "@/db/failures";
import { insertRows } from "@/db/insert-rows";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { type Statement, together } from "@/db/statements";
import { worksHere } from "@/inngest/embedded";
import { auditRow } from "@/lib/audit/record";
import { workScope } from "@/lib/auth/scope";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { NOW, priceLists, priceStatements, requireAll } from "@/lib/metering/rates";
import { embeddingModelKey } from "@/lib/models/queries";
import { refusalOf } from "@/lib/wallet/refusal";
import type { GraphNode } from "@/lib/workflows/graph";
import {
  admission,
  assertRoom,
  assertStartsOpen,
  effectiveLimits,
  grantedLimits,
  isOverLimit,
  tellLimitReached,
} from "./admission";
import { Outdated } from "./assumed-run";
import type { AssumedTarget } from "./assumed-target";
import { wakeEngine } from "./dispatch";
import { isRefused } from "./execute-node";
import { DRIVER, driveAtOnce, type ExpectedDrive, expectDrive } from "./first-drive";
import { followUp, mergeFollowUps, newFollowUps } from "./follow-up";
import { insertGiven, NOTHING_GIVEN, nodesToRun } from "./given";
import { MAX_INPUT_BYTES } from "./input";
import { type Known, unseen } from "./known";
import { assertResumesSeen } from "./lineage";
import { needsOf, resourcesOf } from "./needs";
import {
  findByKey,
  knownByKey,
  type Launch,
  newRun,
  RUN_KEY,
  type RunRequest,
  type RunStarted,
  type StartedBy,
} from "./new-run";
import { requestHash } from "./request-hash";
import type { Pending } from "./run-effect";
import { assumeSlots } from "./slots";
import { inStartLine } from "./start-line";
import { runOf, runStatement } from "./store";
import { type Turn, takeTurn } from "./turn";
import { startWhole, wholeRun } from "./whole";
import { limitStatement } from "./worst-case";

export type LaunchRequest = {
  /** What was asked: with the same key, another request is a conflict. */
  readonly asked: unknown;
  readonly idempotencyKey: string | undefined;
  readonly startedBy?: StartedBy;
  /** What will be run if nothing has changed, when that is known without a look. */
  readonly assumed?: AssumedTarget | null;
};

/**
 * The one way a run comes to be. The same idempotency key with the same request answers the first run, so that a double
 * click or a repeated call starts one; otherwise the run is prepared, what it will use is checked to have a price, and
 * the run, the steps it is given and its audit row are written at once. So is the event for an engine that works here;
 * another one is told afterwards.
 *
 * @throws what `prepare` throws; AppError `conflict`, reason `idempotency_key_reused`; `precondition`, reason
 * `rate_missing`, `starts_blocked`; `limit_exceeded` for an input that is too large
 */
export async function launchRun(
  scope: TenantScope,
  { asked, idempotencyKey, startedBy = {}, assumed }: LaunchRequest,
  prepare: () => Promise<Launch>,
): Promise<RunStarted> {
  const request = { hash: requestHash(asked), idempotencyKey, startedBy };
  if (idempotencyKey) {
    const first = await asWorker(scope, (tx) => findByKey(tx, scope, request));
    if (first) return first;
  }
  const started = assumed ? await write(scope, request, { target: assumed.target }, assumed) : null;
  if (started) return started;
  const prepared = await write(scope, request, await prepare()).catch(async (error: unknown) => {
    // What it was to run was deleted meanwhile: it is looked for again, and said as it is.
    if (isForeignKeyViolation(error)) await prepare();
    throw error;
  });
  if (!prepared) throw new Error("a run that needs no confirmation was not written");
  return prepared;
}

const NOTHING_TO_CONFIRM: Statement<unknown[]> = { execute: async () => [] };

/** Writes a run and tells the engine. Null when what was assumed is so no more: then nothing was written. */
async function write(
  scope: TenantScope,
  request: RunRequest,
  launch: Launch,
  assumed?: AssumedTarget,
): Promise<RunStarted | null> {
  assertSize(launch.target.input);
  const isPlain = !launch.given && !launch.onlyNodes && !launch.usesPins;
  const whole = isPlain ? wholeRun(launch.target) : null;
  try {
    if (whole) return await startWhole({ scope, request, launch, whole, assumed });
  } catch (error) {
    if (isOverLimit(error)) await tellLimitReached(scope, error);
    // There is no money for what was computed: the run is written all the same, and its first node waits for it.
    if (!refusalOf(error)) throw error;
  }
  const expected = isPlain ? expectDrive(scope) : null;
  try {
    const plain = { assumed, isPlain, isTold: false };
    const told = { ...plain, isTold: true };
    const ways = [...(expected ? [{ ...told, expected }] : []), ...(worksHere() ? [told] : []), plain];
    return await firstThatGoes(ways, (way) => writePending(scope, request, launch, way));
  } catch (error) {
    if (error instanceof NotAsAssumed || (assumed && isForeignKeyViolation(error))) return null;
    if (error instanceof KnownByKey) return asWorker(scope, (tx) => knownByKey(tx, scope, request));
    throw error;
  } finally {
    expected?.leave();
  }
}

/** With less done at once the run is written all the same, and what is in its way is met when it is driven or sent. */
async function firstThatGoes(
  [way, ...others]: readonly Writing[],
  write: (way: Writing) => Promise<RunStarted>,
): Promise<RunStarted> {
  if (!way) throw new Error("a run is written in one way at least");
  return write(way).catch((error: unknown) => {
    // Only a first turn costs anything, or goes by what may be outdated.
    const isOfFirstTurn = way.expected !== undefined && (isRefused(error) || error instanceof Outdated);
    if (others.length === 0 || !(isOfFirstTurn || (way.isTold && takesNoEvents(error)))) throw error;
    return firstThatGoes(others, write);
  });
}

/** PostgreSQL's class 42: the engine's part of the database is not there, or not for us. */
function takesNoEvents(error: unknown): boolean {
  return sqlState(error)?.startsWith("42") ?? false;
}

type Writing = {
  readonly assumed: AssumedTarget | undefined;
  readonly isPlain: boolean;
  /** The engine is told in the transaction that writes the run. */
  readonly isTold: boolean;
  /** Where the run is driven here at once, so that its first turn is taken with it. */
  readonly expected?: ExpectedDrive;
};

async function writePending(
  scope: TenantScope,
  request: RunRequest,
  launch: Launch,
  { assumed, isPlain, isTold, expected }: Writing,
): Promise<RunStarted> {
  const { graph } = launch.target;
  const given = launch.given ?? NOTHING_GIVEN;
  const pinned = launch.usesPins ? graph.nodes.filter((node) => node.pin) : given.pinned;
  const nodes = nodesToRun(graph, { ...given, pinned });
  const embeddingModelKey = await embeddingKeyFor(nodes);
  let claimed = new Map<string, Pending>();
  const write = async (tx: Tx) => {
    const found = newFollowUps();
    claimed = new Map();
    const now = currentTime();
    const run = { ...launch.target, createdAt: launch.target.pinnedAt ?? now };
    const needs = await needsOf(tx, scope, run, nodes, { embeddingModelKey });
    const resources = resourcesOf(graph.nodes);
    const { values, event } = newRun(scope, launch, request);
    // Before the place in line, as in the turns that end a run: two that want both take them in one order.
    const slots = expected ? await assumeSlots(tx, scope, []) : null;
    // All at once: what is written before its conditions are known is dropped with the transaction.
    const [[granted], confirmed, inserted, , , asWritten, limits, ...prices] = await together(tx, [
      grantedLimits(tx, scope),
      assumed?.confirm(tx) ?? NOTHING_TO_CONFIRM,
      insertRows(tx, executions, [values], { unlessKnownBy: RUN_KEY, returning: ["id"] }),
      auditRow(tx, scope, event),
      admission(tx, scope, found, { beginningId: expected ? values.id : null, isTold }),
      runStatement(tx, scope, values.id),
      limitStatement(tx, [...new Set(needs.flatMap(({ modelKey }) => modelKey ?? []))]),
      ...priceStatements(tx, scope, resources, NOW),
    ]);
    if (assumed && confirmed.length === 0) throw new NotAsAssumed();
    assertStartsOpen(granted);
    if (inserted.rows.length === 0) throw new KnownByKey();
    const begun = runOf(asWritten);
    const lists = priceLists(prices);
    await requireAll(tx, lists, needs, begun.now);
    const { sourceExecutionId: sourceId, resumesSeen: seen } = launch;
    if (sourceId && seen !== undefined) await assertResumesSeen(tx, scope, { id: values.id, sourceId, seen });
    await insertGiven(tx, scope, values.id, graph, given);
    await assertRoom(tx, scope, { executionId: values.id, limits: effectiveLimits(granted) }, found);
    const read = { run: begun, resources, lists, readAtMs: performance.now() };
    const asRead = { ...read, ...unseen(new Map(), limits) };
    const isAdmitted = isTold ? found.stored.delete(values.id) : found.starts.has(values.id);
    const turn =
      slots && isAdmitted ? await takeFirst(tx, scope, asRead, claimed, await slots.counted()) : null;
    if (turn) mergeFollowUps(found, turn.ups);
    return { executionId: values.id, known: asRead, first: turn, isAdmitted, ups: found };
  };
  const written = inStartLine(scope.tenantId, () => asWorker(scope, write));
  const { executionId, known, first, isAdmitted, ups } = await written.catch(async (error: unknown) => {
    if (isOverLimit(error)) await tellLimitReached(scope, error);
    const [pending] = claimed.values();
    // The run may be written all the same, and nobody else is to wait for what this process has claimed.
    if (pending && isUntold(error)) expected?.begin(pending.held.run.id, { tried: claimed });
    throw error;
  });
  const begin = () => {
    if (!isAdmitted) return false;
    if (!first || !expected) return driveAtOnce(scope, executionId, isPlain ? known : null);
    expected.begin(executionId, { first });
    return true;
  };
  if (isTold && isAdmitted) await wakeEngine(begin());
  await followUp(scope, ups);
  // Should this process end, whoever does its work has to know of the run.
  if (!isTold) begin();
  return { executionId, status: "pending", isNew: true };
}

/** The first turn of a run, in the transaction that writes it: a lone run begins its first effect at once. */
function takeFirst(
  tx: Tx,
  scope: TenantScope,
  known: Known,
  claimed: Map<string, Pending>,
  free: number,
): Promise<Turn> {
  const { id: executionId } = known.run;
  const nowMs = performance.now();
  const atStart = { free };
  const input = { executionId, known, ended: [], underWay: 0, mayBegin: true, nowMs, atStart, claimed };
  return takeTurn(tx, workScope(scope, DRIVER), input);
}

/** Whether nobody knows what became of a transaction. */
function isUntold(error: unknown): boolean {
  return error instanceof AppError && error.reason === "database_unavailable";
}

/** What was assumed of a run's target is so no more: nothing was written. */
class NotAsAssumed extends Error {}

/** Another start with the same key has written its run meanwhile: nothing was written. */
class KnownByKey extends Error {}

/** @throws AppError `limit_exceeded`, reason `input_too_large` */
export function assertSize(input: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes <= MAX_INPUT_BYTES) return;
  const message = `The input is ${Math.ceil(bytes / 1000).toLocaleString("en-US")} kB; a run takes at most 1,000 kB.`;
  throw new AppError("limit_exceeded", message, { reason: "input_too_large" });
}

/** Null when nothing of the run could search, or there is no embedding model and so nothing to find. */
async function embeddingKeyFor(nodes: readonly GraphNode[]): Promise<string | null> {
  if (!nodes.some((node) => node.kind === "retrieve" || node.kind === "agent")) return null;
  return embeddingModelKey().catch((error: unknown) => {
    if (error instanceof AppError && error.reason === "model_unavailable") return null;
    throw error;
  });
}
