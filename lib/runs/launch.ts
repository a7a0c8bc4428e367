import "server-only";
import { and, eq } from "drizzle-orm";
import { asWorker, lastTogether, type Statement, type Tx, together } from "@/db/access";
import { insertRows } from "@/db/insert-rows";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { auditRow } from "@/lib/audit/record";
import { currentTime, databaseTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { type PriceLists, priceLists, priceStatements, requireAll } from "@/lib/metering/rates";
import { embeddingModelKey } from "@/lib/models/queries";
import { refusalOf } from "@/lib/wallet/refusal";
import type { GraphNode } from "@/lib/workflows/graph";
import {
  admitNew,
  assertStartRate,
  assertStartsOpen,
  effectiveLimits,
  grantedLimits,
  isOverLimit,
  tellLimitReached,
} from "./admission";
import type { AssumedTarget } from "./assumed-target";
import type { Computed } from "./compute";
import { followUp, newFollowUps } from "./follow-up";
import { type Given, insertGiven, NOTHING_GIVEN, nodesToRun } from "./given";
import { MAX_INPUT_BYTES, type RunMode, type RunStatus, type RunTrigger } from "./input";
import { needsOf } from "./needs";
import { requestHash } from "./request-hash";
import type { RunTarget } from "./target";
import { endedColumns, wholeRows, wholeRun } from "./whole";

export type RunStarted = {
  readonly executionId: string;
  readonly status: RunStatus;
  /** False when the idempotency key had started it before. */
  readonly isNew: boolean;
};

/** What started a run, when it is not simply the person or program of the scope. */
export type StartedBy = { readonly trigger?: RunTrigger; readonly triggerId?: string };

/** A run that is about to be written. */
export type Launch = {
  readonly target: RunTarget;
  readonly mode?: RunMode;
  /** The run that this one resumes, replays or takes outputs from. */
  readonly sourceExecutionId?: string;
  /** The source's steps whose items, rounds or called run go on where they were, by node. */
  readonly continues?: Readonly<Record<string, string>>;
  /** The nodes that run; all when left out. */
  readonly onlyNodes?: readonly string[];
  readonly usesPins?: boolean;
  /** Steps that are there from the start: neither run nor billed. */
  readonly given?: Given;
};

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
    const first = await asWorker(scope, (tx) => findByKey(tx, scope, idempotencyKey, request.hash));
    if (first) return first;
  }
  const started = assumed ? await write(scope, request, assumed, assumed.confirm) : null;
  if (started) return started;
  const prepared = await write(scope, request, await prepare());
  if (!prepared) throw new Error("a run that needs no confirmation was not written");
  return prepared;
}

type Request = {
  readonly hash: string;
  readonly idempotencyKey: string | undefined;
  readonly startedBy: StartedBy;
};

const NOTHING_TO_CONFIRM: Statement<unknown[]> = { execute: async () => [] };

/** Writes a run and tells the engine. Null when what was assumed is so no more: then nothing was written. */
async function write(
  scope: TenantScope,
  request: Request,
  launch: Launch,
  confirm?: AssumedTarget["confirm"],
  isUnpaid = false,
): Promise<RunStarted | null> {
  assertSize(launch.target.input);
  const { graph } = launch.target;
  const given = launch.given ?? NOTHING_GIVEN;
  const pinned = launch.usesPins ? graph.nodes.filter((node) => node.pin) : given.pinned;
  const nodes = nodesToRun(graph, { ...given, pinned });
  const embeddingKey = await embeddingKeyFor(nodes);
  const isPlain = !launch.given && !launch.onlyNodes && !launch.usesPins;
  const whole = isPlain && !isUnpaid ? wholeRun(launch.target) : null;
  const begun = await asWorker(scope, async (tx) => {
    const found = newFollowUps();
    const now = currentTime();
    const run = { ...launch.target, createdAt: launch.target.pinnedAt ?? now };
    const needs = await needsOf(tx, scope, run, nodes, embeddingKey);
    const resources = needs.map((need) => need.resourceType);
    const [[granted], confirmed, ...prices] = await together(tx, [
      grantedLimits(tx, scope),
      confirm?.(tx) ?? NOTHING_TO_CONFIRM,
      ...priceStatements(tx, scope, resources, now),
    ]);
    if (confirm && confirmed.length === 0) return { started: null, ups: found };
    const lists = priceLists(prices);
    requireAll(lists, needs, now);
    assertStartsOpen(granted);
    const limits = effectiveLimits(granted);
    if (whole) await assertStartRate(tx, scope, limits);
    const added = await insertRun(tx, scope, launch, { ...request, whole, lists, now });
    if (added.isNew && !whole) await admitNew(tx, scope, { executionId: added.executionId, limits }, found);
    return { started: added, ups: found };
  }).catch(async (error: unknown) => {
    if (isOverLimit(error)) await tellLimitReached(scope, error);
    if (whole && refusalOf(error)) return null;
    throw error;
  });
  // There is no money for what was computed: the run is written all the same, and its first node waits for it.
  if (!begun) return write(scope, request, launch, confirm, true);
  await followUp(scope, begun.ups);
  return begun.started;
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

async function findByKey(
  tx: Tx,
  scope: TenantScope,
  idempotencyKey: string,
  hash: string,
): Promise<RunStarted | null> {
  const [row] = await tx
    .select({ id: executions.id, status: executions.status, requestHash: executions.requestHash })
    .from(executions)
    .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.idempotencyKey, idempotencyKey)))
    .limit(1);
  if (!row) return null;
  if (row.requestHash !== hash) {
    throw new AppError("conflict", "This idempotency key was used for another request.", {
      reason: "idempotency_key_reused",
    });
  }
  return { executionId: row.id, status: row.status as RunStatus, isNew: false };
}

type Origin = Request & {
  /** The run as it was worked out, when it ends where it starts. */
  whole: Computed | null;
  lists: PriceLists;
  now: Date;
};

async function insertRun(
  tx: Tx,
  scope: TenantScope,
  launch: Launch,
  { startedBy, idempotencyKey, hash, whole, lists, now }: Origin,
): Promise<RunStarted> {
  const { actor } = scope;
  const { graph, input, ...pins } = launch.target;
  const trigger = startedBy.trigger ?? (actor.kind === "api_key" ? "api" : "console");
  const mode = launch.mode ?? "start";
  const sourceExecutionId = launch.sourceExecutionId ?? null;
  const id = newId();
  const { workflowId, agentId } = pins;
  const userId = "userId" in actor ? actor.userId : null;
  const values = {
    ...pins,
    id,
    tenantId: scope.tenantId,
    inputData: input,
    trigger,
    triggerId: startedBy.triggerId ?? null,
    startedBy: userId,
    apiKeyId: actor.kind === "api_key" ? actor.keyId : null,
    idempotencyKey: idempotencyKey ?? null,
    requestHash: hash,
    requestId: scope.requestId ?? null,
    mode,
    sourceExecutionId,
    onlyNodes: launch.onlyNodes ? [...launch.onlyNodes] : null,
    usesPins: launch.usesPins ?? false,
    continues: launch.continues ?? null,
    createdAt: databaseTime(),
    ...(whole ? endedColumns(whole) : {}),
  };
  const row = insertRows(tx, executions, [values], {
    unlessKnownBy: { fields: ["tenantId", "idempotencyKey"], where: "idempotency_key is not null" },
    returning: ["id"],
  });
  const told = auditRow(tx, scope, {
    action: ACTIONS[mode],
    targetType: "execution",
    targetId: id,
    after: { workflowId, agentId, trigger, ...(sourceExecutionId ? { sourceExecutionId } : {}) },
  });
  const parts = whole
    ? wholeRows(tx, scope, { id, workflowId, startedBy: userId }, whole, { lists, now })
    : [];
  const first = idempotencyKey ? [] : [row];
  if (idempotencyKey && (await row.execute()).rows.length === 0) {
    const known = await findByKey(tx, scope, idempotencyKey, hash);
    if (known) return known;
    throw new AppError("conflict", "This run is being started already.");
  }
  if (whole) await lastTogether(tx, [...first, ...parts, told]);
  else {
    await together(tx, [...first, told]);
    await insertGiven(tx, scope, id, graph, launch.given ?? NOTHING_GIVEN);
  }
  return { executionId: id, status: whole ? "completed" : "pending", isNew: true };
}

const ACTIONS: Readonly<Record<RunMode, string>> = {
  start: "run.start",
  resume: "run.resume",
  replay: "run.replay",
  nodes: "run.start_nodes",
};
