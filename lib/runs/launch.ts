import "server-only";
import { and, eq, isNotNull } from "drizzle-orm";
import { asWorker, type Tx, together } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { currentTime, databaseTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { assertPriced, type PriceLists } from "@/lib/metering/rates";
import { embeddingModelKey } from "@/lib/models/queries";
import type { GraphNode } from "@/lib/workflows/graph";
import { admitEnded, admitNew, isOverLimit, tellLimitReached } from "./admission";
import type { Computed } from "./compute";
import { followUp, newFollowUps } from "./follow-up";
import { type Given, insertGiven, NOTHING_GIVEN, nodesToRun } from "./given";
import { MAX_INPUT_BYTES, type RunMode, type RunStatus, type RunTrigger } from "./input";
import { needsOf } from "./needs";
import { requestHash } from "./request-hash";
import type { RunTarget } from "./target";
import { endedColumns, insertWhole, wholeRun } from "./whole";

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
};

/**
 * The one way a run comes to be. The same idempotency key with the same request answers the first run, so that a double
 * click or a repeated call starts one; otherwise the run is prepared, what it will use is checked to have a price, and
 * the run, the steps it is given and its audit row are written at once. Then the engine is told.
 *
 * @throws what `prepare` throws; AppError `conflict`, reason `idempotency_key_reused`; `precondition`, reason
 * `rate_missing`; `limit_exceeded` for an input that is too large
 */
export async function launchRun(
  scope: TenantScope,
  { asked, idempotencyKey, startedBy = {} }: LaunchRequest,
  prepare: () => Promise<Launch>,
): Promise<RunStarted> {
  const hash = requestHash(asked);
  if (idempotencyKey) {
    const first = await asWorker(scope, (tx) => findByKey(tx, scope, idempotencyKey, hash));
    if (first) return first;
  }
  const launch = await prepare();
  assertSize(launch.target.input);
  const { graph } = launch.target;
  const given = launch.given ?? NOTHING_GIVEN;
  const pinned = launch.usesPins ? graph.nodes.filter((node) => node.pin) : given.pinned;
  const nodes = nodesToRun(graph, { ...given, pinned });
  const embeddingKey = await embeddingKeyFor(nodes);
  const isPlain = !launch.given && !launch.onlyNodes && !launch.usesPins;
  const whole = isPlain ? wholeRun(launch.target) : null;
  const { started, ups } = await asWorker(scope, async (tx) => {
    const now = currentTime();
    const run = { ...launch.target, createdAt: launch.target.pinnedAt ?? now };
    const needs = await needsOf(tx, scope, run, nodes, embeddingKey);
    const lists = await assertPriced(tx, scope, needs, now);
    const origin = { startedBy, idempotencyKey, hash, whole, lists, now };
    const added = await insertRun(tx, scope, launch, origin);
    const found = newFollowUps();
    if (added.isNew && whole) await admitEnded(tx, scope);
    else if (added.isNew) await admitNew(tx, scope, added.executionId, found);
    return { started: added, ups: found };
  }).catch(async (error: unknown) => {
    if (isOverLimit(error)) await tellLimitReached(scope, error);
    throw error;
  });
  await followUp(scope, ups);
  return started;
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

type Origin = {
  startedBy: StartedBy;
  idempotencyKey: string | undefined;
  hash: string;
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
  const row = tx
    .insert(executions)
    .values({
      ...pins,
      id,
      tenantId: scope.tenantId,
      inputData: input,
      trigger,
      triggerId: startedBy.triggerId ?? null,
      startedBy: "userId" in actor ? actor.userId : null,
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
    })
    .onConflictDoNothing({
      target: [executions.tenantId, executions.idempotencyKey],
      where: isNotNull(executions.idempotencyKey),
    })
    .returning({ id: executions.id });
  const { workflowId, agentId } = pins;
  const userId = "userId" in actor ? actor.userId : null;
  const rest = [
    ...(whole ? [() => insertWhole(tx, scope, { id, workflowId, userId }, whole, { lists, now })] : []),
    () => insertGiven(tx, scope, id, graph, launch.given ?? NOTHING_GIVEN),
    () =>
      audit(tx, scope, {
        action: ACTIONS[mode],
        targetType: "execution",
        targetId: id,
        after: { workflowId, agentId, trigger, ...(sourceExecutionId ? { sourceExecutionId } : {}) },
      }),
  ];
  if (idempotencyKey) {
    const [inserted] = await row;
    const first = inserted ? null : await findByKey(tx, scope, idempotencyKey, hash);
    if (first) return first;
    if (!inserted) throw new AppError("conflict", "This run is being started already.");
    await together(tx, rest);
  } else await together(tx, [() => row, ...rest]);
  return { executionId: id, status: whole ? "completed" : "pending", isNew: true };
}

const ACTIONS: Readonly<Record<RunMode, string>> = {
  start: "run.start",
  resume: "run.resume",
  replay: "run.replay",
  nodes: "run.start_nodes",
};
