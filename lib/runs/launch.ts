import "server-only";
import { asWorker, type Tx } from "@/db/access";
import { insertRows } from "@/db/insert-rows";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { type Statement, together } from "@/db/statements";
import { auditRow } from "@/lib/audit/record";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { priceLists, priceStatements, requireAll } from "@/lib/metering/rates";
import { embeddingModelKey } from "@/lib/models/queries";
import { refusalOf } from "@/lib/wallet/refusal";
import type { GraphNode } from "@/lib/workflows/graph";
import {
  admitNew,
  assertStartsOpen,
  effectiveLimits,
  grantedLimits,
  isOverLimit,
  tellLimitReached,
} from "./admission";
import type { AssumedTarget } from "./assumed-target";
import { driveAtOnce } from "./first-drive";
import { followUp, newFollowUps } from "./follow-up";
import { insertGiven, NOTHING_GIVEN, nodesToRun } from "./given";
import { MAX_INPUT_BYTES } from "./input";
import { needsOf } from "./needs";
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
import { startWhole, wholeRun } from "./whole";

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
 * the run, the steps it is given and its audit row are written at once. Then the engine is told.
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
  const prepared = await write(scope, request, await prepare());
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
  return writePending(scope, request, launch, assumed);
}

async function writePending(
  scope: TenantScope,
  request: RunRequest,
  launch: Launch,
  assumed: AssumedTarget | undefined,
): Promise<RunStarted | null> {
  const { graph } = launch.target;
  const given = launch.given ?? NOTHING_GIVEN;
  const pinned = launch.usesPins ? graph.nodes.filter((node) => node.pin) : given.pinned;
  const nodes = nodesToRun(graph, { ...given, pinned });
  const embeddingKey = await embeddingKeyFor(nodes);
  const { started, ups } = await asWorker(scope, async (tx) => {
    const found = newFollowUps();
    const now = currentTime();
    const run = { ...launch.target, createdAt: launch.target.pinnedAt ?? now };
    const needs = await needsOf(tx, scope, run, nodes, embeddingKey);
    const resources = needs.map((need) => need.resourceType);
    const [[granted], confirmed, ...prices] = await together(tx, [
      grantedLimits(tx, scope),
      assumed?.confirm(tx) ?? NOTHING_TO_CONFIRM,
      ...priceStatements(tx, scope, resources, now),
    ]);
    if (assumed && confirmed.length === 0) return { started: null, ups: found };
    requireAll(priceLists(prices), needs, now);
    assertStartsOpen(granted);
    const limits = effectiveLimits(granted);
    const added = await insertRun(tx, scope, launch, request);
    if (added.isNew) await admitNew(tx, scope, { executionId: added.executionId, limits }, found);
    return { started: added, ups: found };
  }).catch(async (error: unknown) => {
    if (isOverLimit(error)) await tellLimitReached(scope, error);
    throw error;
  });
  const told = followUp(scope, ups);
  for (const executionId of ups.starts) driveAtOnce(scope, executionId, told);
  await told;
  return started;
}

async function insertRun(
  tx: Tx,
  scope: TenantScope,
  launch: Launch,
  request: RunRequest,
): Promise<RunStarted> {
  const { values, event } = newRun(scope, launch, request);
  const { id } = values;
  const row = insertRows(tx, executions, [values], { unlessKnownBy: RUN_KEY, returning: ["id"] });
  const told = auditRow(tx, scope, event);
  if (request.idempotencyKey) {
    if ((await row.execute()).rows.length === 0) return knownByKey(tx, scope, request);
    await told.execute();
  } else await together(tx, [row, told]);
  await insertGiven(tx, scope, id, launch.target.graph, launch.given ?? NOTHING_GIVEN);
  return { executionId: id, status: "pending", isNew: true };
}

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
