import { currentTime, databaseTime } from "@/lib/clock";
import "server-only";
import { and, eq, isNotNull, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { assertPriced } from "@/lib/metering/rates";
import { embeddingModelKey } from "@/lib/models/queries";
import { dispatchRun } from "../dispatch";
import { MAX_INPUT_BYTES, type RunStatus, type RunTrigger, type StartRunInput } from "../input";
import { needsOf } from "../needs";
import { requestHash } from "../request-hash";
import { pinTarget, type RunTarget } from "../target";

/** The most a run may take from its start. */
export const RUN_DEADLINE_MS = 60 * 60_000;

export type RunStarted = {
  readonly executionId: string;
  readonly status: RunStatus;
  /** False when the idempotency key had started it before. */
  readonly isNew: boolean;
};

/**
 * Starts a run: checks the permission, the input, the graph, and that everything it may use has a price; then writes the
 * run and tells the engine. The same idempotency key with the same request answers the first run, so that a double
 * click or a repeated call starts one.
 *
 * @throws AppError `invalid` with the fields that are wrong; `not_found`; `conflict`, reason `idempotency_key_reused`;
 * `precondition`, reasons `rate_missing`, `not_published`, `workflow_inactive`, `agent_inactive`; `limit_exceeded`
 */
export async function startRun(
  scope: TenantScope,
  request: StartRunInput,
  options: { readonly trigger?: RunTrigger; readonly triggerId?: string } = {},
): Promise<RunStarted> {
  authorize(scope, "agentId" in request ? "agent.run" : "workflow.run");
  assertSize(request.input);
  const { idempotencyKey, ...asked } = request;
  const hash = requestHash(asked);
  if (idempotencyKey) {
    const first = await asWorker(scope, (tx) => findByKey(tx, scope, idempotencyKey, hash));
    if (first) return first;
  }
  const target = await pinTarget(scope, request);
  const embeddingKey = await embeddingKeyFor(target);
  const started = await asWorker(scope, async (tx) => {
    const now = currentTime();
    const run = { ...target, createdAt: now };
    await assertPriced(tx, scope, await needsOf(tx, scope, run, target.graph.nodes, embeddingKey), now);
    return insertRun(tx, scope, target, { ...options, idempotencyKey, hash });
  });
  if (started.isNew) await dispatchRun(scope, started.executionId);
  return started;
}

function assertSize(input: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes <= MAX_INPUT_BYTES) return;
  const message = `The input is ${Math.ceil(bytes / 1000).toLocaleString("en-US")} kB; a run takes at most 1,000 kB.`;
  throw new AppError("limit_exceeded", message, { reason: "input_too_large" });
}

/** Null when nothing of the run could search, or there is no embedding model and so nothing to find. */
async function embeddingKeyFor({ graph }: RunTarget): Promise<string | null> {
  if (!graph.nodes.some((node) => node.kind === "retrieve" || node.kind === "agent")) return null;
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

type StartOptions = {
  trigger?: RunTrigger;
  triggerId?: string;
  idempotencyKey: string | undefined;
  hash: string;
};

async function insertRun(
  tx: Tx,
  scope: TenantScope,
  target: RunTarget,
  { trigger, triggerId, idempotencyKey, hash }: StartOptions,
): Promise<RunStarted> {
  const { actor } = scope;
  const { graph: _, input, ...pins } = target;
  const [row] = await tx
    .insert(executions)
    .values({
      ...pins,
      id: newId(),
      tenantId: scope.tenantId,
      inputData: input,
      trigger: trigger ?? (actor.kind === "api_key" ? "api" : "console"),
      triggerId: triggerId ?? null,
      startedBy: "userId" in actor ? actor.userId : null,
      apiKeyId: actor.kind === "api_key" ? actor.keyId : null,
      idempotencyKey: idempotencyKey ?? null,
      requestHash: hash,
      requestId: scope.requestId ?? null,
      createdAt: databaseTime(),
      deadlineAt: sql`${databaseTime()} + ${RUN_DEADLINE_MS}::float8 * interval '1 millisecond'`,
    })
    .onConflictDoNothing({
      target: [executions.tenantId, executions.idempotencyKey],
      where: isNotNull(executions.idempotencyKey),
    })
    .returning({ id: executions.id });
  if (!row) {
    const first = idempotencyKey ? await findByKey(tx, scope, idempotencyKey, hash) : null;
    if (!first) throw new AppError("conflict", "This run is being started already.");
    return first;
  }
  await audit(tx, scope, {
    action: "run.start",
    targetType: "execution",
    targetId: row.id,
    after: { workflowId: pins.workflowId, agentId: pins.agentId, trigger: trigger ?? null },
  });
  return { executionId: row.id, status: "pending", isNew: true };
}
